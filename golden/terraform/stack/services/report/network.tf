# Made by environment: `aws_security_group.orders`.
data "aws_security_group" "orders" {
  name   = "shop-default-orders"
  vpc_id = data.aws_vpc.main.id
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
    name = "tag:Name"

    values = [
      "shop-default/environment.subnet.private-a",
      "shop-default/environment.subnet.private-b",
    ]
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
resource "aws_security_group" "report" {
  name        = "shop-default-report"
  description = "Members of report"
  vpc_id      = data.aws_vpc.main.id

  tags = {
    Name = "shop-default/report.security_group"
  }
}

resource "aws_vpc_security_group_egress_rule" "report_to_anywhere_443" {
  security_group_id = aws_security_group.report.id
  description       = "HTTPS by the NAT gateway"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# From `services.report.uses`.
resource "aws_vpc_security_group_ingress_rule" "orders_from_report_5432" {
  security_group_id            = data.aws_security_group.orders.id
  description                  = "Database orders"
  referenced_security_group_id = aws_security_group.report.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "report_to_orders_5432" {
  security_group_id            = aws_security_group.report.id
  description                  = "Database orders"
  referenced_security_group_id = data.aws_security_group.orders.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
