# Made by environment: `aws_security_group.endpoints`.
data "aws_security_group" "endpoints" {
  name   = "shop-default-endpoints"
  vpc_id = data.aws_vpc.main.id
}

# Made by environment: `aws_security_group.load_balancer`.
data "aws_security_group" "load_balancer" {
  name   = "shop-default-load-balancer"
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
resource "aws_security_group" "web" {
  name        = "shop-default-web"
  description = "Members of web"
  vpc_id      = data.aws_vpc.main.id

  tags = {
    Name = "shop-default/web.security_group"
  }
}

resource "aws_vpc_security_group_egress_rule" "web_to_s3_443" {
  security_group_id = aws_security_group.web.id
  description       = "Amazon S3: the ledger and artifacts"
  prefix_list_id    = var.s3_prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_from_web_443" {
  security_group_id            = data.aws_security_group.endpoints.id
  description                  = "AWS services by interface endpoints"
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "web_to_endpoints_443" {
  security_group_id            = aws_security_group.web.id
  description                  = "AWS services by interface endpoints"
  referenced_security_group_id = data.aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

# From `services.web.routes`.
resource "aws_vpc_security_group_ingress_rule" "web_from_load_balancer_8080" {
  security_group_id            = aws_security_group.web.id
  description                  = "Requests to web"
  referenced_security_group_id = data.aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_web_8080" {
  security_group_id            = data.aws_security_group.load_balancer.id
  description                  = "Requests to web"
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

resource "aws_vpc_security_group_ingress_rule" "web_from_load_balancer_8079" {
  security_group_id            = aws_security_group.web.id
  description                  = "Health checks of web"
  referenced_security_group_id = data.aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8079
  to_port                      = 8079
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_web_8079" {
  security_group_id            = data.aws_security_group.load_balancer.id
  description                  = "Health checks of web"
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 8079
  to_port                      = 8079
}
