data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_default_security_group" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_internet_gateway" "main" {}

resource "aws_internet_gateway_attachment" "main" {
  internet_gateway_id = aws_internet_gateway.main.id
  vpc_id              = aws_vpc.main.id
}

resource "aws_subnet" "main" {
  for_each = {
    a = "10.0.0.0/24"
    b = "10.0.1.0/24"
  }

  vpc_id            = aws_vpc.main.id
  cidr_block        = each.value
  availability_zone = "eu-central-1${each.key}"
}

resource "aws_route_table" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table_association" "main" {
  for_each = aws_subnet.main

  subnet_id      = each.value.id
  route_table_id = aws_route_table.main.id
}

# Two that look alike get two addresses.
resource "aws_eip" "nat" {
  for_each = toset(["a", "b"])

  domain = "vpc"
}

resource "aws_nat_gateway" "main" {
  allocation_id = aws_eip.nat["a"].allocation_id
  subnet_id     = aws_subnet.main["a"].id
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.main.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main.id
}

resource "aws_security_group" "main" {
  for_each = toset(["a", "b"])

  name        = "main-${each.key}"
  description = "Group ${each.key}"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "a" {
  security_group_id            = aws_security_group.main["a"].id
  description                  = "From the other group"
  referenced_security_group_id = aws_security_group.main["b"].id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

data "aws_prefix_list" "s3" {
  name = "com.amazonaws.${data.aws_region.current.region}.s3"
}

data "aws_ec2_managed_prefix_list" "s3" {
  name = data.aws_prefix_list.s3.name
}

resource "aws_vpc_security_group_egress_rule" "s3" {
  security_group_id = aws_security_group.main["a"].id
  description       = "S3"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.s3.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_endpoint" "gateway" {
  vpc_id            = aws_vpc.main.id
  service_name      = data.aws_prefix_list.s3.name
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.main.id]
}

resource "aws_vpc_endpoint" "interface" {
  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.${data.aws_region.current.region}.logs"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for subnet in aws_subnet.main : subnet.id]
  security_group_ids  = [aws_security_group.main["a"].id]
}

resource "aws_flow_log" "main" {
  vpc_id                   = aws_vpc.main.id
  traffic_type             = "ALL"
  log_destination_type     = "cloud-watch-logs"
  log_destination          = aws_cloudwatch_log_group.main.arn
  iam_role_arn             = aws_iam_role.main.arn
  max_aggregation_interval = 600
}

data "aws_route53_zone" "main" {
  name = "example.com"
}

resource "aws_route53_record" "main" {
  zone_id = data.aws_route53_zone.main.zone_id
  name    = "shop.example.com"
  type    = "A"

  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = true
  }
}

resource "aws_service_discovery_private_dns_namespace" "main" {
  name = "shop.internal"
  vpc  = aws_vpc.main.id
}

resource "aws_service_discovery_service" "main" {
  name         = "cache"
  namespace_id = aws_service_discovery_private_dns_namespace.main.id

  dns_config {
    namespace_id   = aws_service_discovery_private_dns_namespace.main.id
    routing_policy = "MULTIVALUE"

    dns_records {
      type = "A"
      ttl  = 10
    }
  }
}

data "aws_vpc" "main" {
  id = aws_vpc.main.id
}

data "aws_subnets" "main" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.main.id]
  }

  depends_on = [aws_subnet.main]
}

data "aws_subnet" "a" {
  id = aws_subnet.main["a"].id
}

data "aws_security_group" "a" {
  name   = aws_security_group.main["a"].name
  vpc_id = data.aws_vpc.main.id
}

data "aws_service_discovery_dns_namespace" "main" {
  name = aws_service_discovery_private_dns_namespace.main.name
  type = "DNS_PRIVATE"
}
