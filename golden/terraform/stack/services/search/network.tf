# Made by environment: `aws_service_discovery_private_dns_namespace.main`.
data "aws_service_discovery_dns_namespace" "main" {
  name = "default.shop.internal"
  type = "DNS_PRIVATE"
}

# Made by environment: `aws_subnet.private["a"]`.
data "aws_subnets" "private" {
  tags = {
    "skiff:app"         = "shop"
    "skiff:environment" = "default"
  }

  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.main.id]
  }

  filter {
    name   = "tag:Name"
    values = ["shop-default/environment.subnet.private-a"]
  }
}

# Made by environment: `aws_vpc.main`.
data "aws_vpc" "main" {
  tags = {
    Name                = "shop-default/environment.vpc"
    "skiff:app"         = "shop"
    "skiff:environment" = "default"
  }
}

# Rules are blocks of their own, one for each connection that must be possible; those of a service
# are in its root module.
resource "aws_security_group" "search" {
  name        = "shop-default-search"
  description = "Members of search"
  vpc_id      = data.aws_vpc.main.id

  tags = {
    Name = "shop-default/search.security_group"
  }
}

# Members register under this name by themselves, so that other services find them.
resource "aws_service_discovery_service" "search" {
  name        = "search"
  description = "Members of search"

  tags = {
    Name = "shop-default/search.discovery"
  }

  dns_config {
    namespace_id   = data.aws_service_discovery_dns_namespace.main.id
    routing_policy = "MULTIVALUE"

    dns_records {
      type = "A"
      ttl  = 10
    }
  }
}

resource "aws_vpc_security_group_egress_rule" "search_to_anywhere_443" {
  security_group_id = aws_security_group.search.id
  description       = "HTTPS by the NAT gateway"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
