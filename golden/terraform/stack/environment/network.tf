resource "aws_vpc" "main" {
  #checkov:skip=CKV2_AWS_12:Nothing is in the default security group: all that Skiff makes has groups of its own.
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = {
    Name = "shop-default/environment.vpc"
  }
}

resource "aws_flow_log" "main" {
  vpc_id                   = aws_vpc.main.id
  traffic_type             = "REJECT"
  log_destination_type     = "cloud-watch-logs"
  log_destination          = aws_cloudwatch_log_group.flow_logs.arn
  iam_role_arn             = aws_iam_role.flow_logs.arn
  max_aggregation_interval = 600

  tags = {
    Name = "shop-default/environment.flow_log"
  }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id

  tags = {
    Name = "shop-default/environment.internet_gateway"
  }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id

  tags = {
    Name = "shop-default/environment.route_table.public"
  }
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}

resource "aws_subnet" "public" {
  for_each = local.public_subnets

  vpc_id                  = aws_vpc.main.id
  availability_zone       = each.value.availability_zone
  cidr_block              = each.value.cidr_block
  map_public_ip_on_launch = false

  tags = {
    Name = "shop-default/environment.subnet.public-${each.key}"
  }
}

resource "aws_route_table_association" "public" {
  for_each = local.public_subnets

  subnet_id      = aws_subnet.public[each.key].id
  route_table_id = aws_route_table.public.id
}

resource "aws_subnet" "private" {
  for_each = local.private_subnets

  vpc_id                  = aws_vpc.main.id
  availability_zone       = each.value.availability_zone
  cidr_block              = each.value.cidr_block
  map_public_ip_on_launch = false

  tags = {
    Name = "shop-default/environment.subnet.private-${each.key}"
  }
}

resource "aws_route_table" "private" {
  for_each = local.private_subnets

  vpc_id = aws_vpc.main.id

  tags = {
    Name = "shop-default/environment.route_table.private-${each.key}"
  }
}

resource "aws_route_table_association" "private" {
  for_each = local.private_subnets

  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}

# The address that the outside sees.
resource "aws_eip" "main" {
  for_each = local.nat_zones

  domain = "vpc"

  tags = {
    Name = "shop-default/environment.nat_address.${each.key}"
  }

  lifecycle {
    # Others let this address in; another one would be refused.
    prevent_destroy = true
  }

  depends_on = [aws_internet_gateway.main]
}

resource "aws_nat_gateway" "main" {
  for_each = local.nat_zones

  allocation_id = aws_eip.main[each.key].allocation_id
  subnet_id     = aws_subnet.public[each.key].id

  tags = {
    Name = "shop-default/environment.nat_gateway.${each.key}"
  }

  depends_on = [aws_internet_gateway.main]
}

resource "aws_route" "private" {
  for_each = local.private_subnets

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main["a"].id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.eu-west-1.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = values(aws_route_table.private)[*].id

  tags = {
    Name = "shop-default/environment.endpoint.s3"
  }
}

resource "aws_service_discovery_private_dns_namespace" "main" {
  name        = "default.shop.internal"
  description = "Names by which services of this application reach each other"
  vpc         = aws_vpc.main.id

  tags = {
    Name = "shop-default/environment.namespace"
  }
}

# Rules are blocks of their own, one for each connection that must be possible; those of a service
# are in its root module. From `databases.orders`.
resource "aws_security_group" "orders" {
  name        = "shop-default-orders"
  description = "Database orders"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "shop-default/environment.security_group.orders"
  }
}

resource "aws_security_group" "load_balancer" {
  name        = "shop-default-load-balancer"
  description = "The load balancer of all web services"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "shop-default/environment.security_group.load-balancer"
  }
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer_from_anywhere_443" {
  security_group_id = aws_security_group.load_balancer.id
  description       = "HTTPS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer_from_anywhere_80" {
  #checkov:skip=CKV_AWS_260:The load balancer answers plain HTTP so that clients are sent to HTTPS.
  security_group_id = aws_security_group.load_balancer.id
  description       = "HTTP, which is redirected to HTTPS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}
