# Made by environment: `aws_lb.main`.
data "aws_lb" "main" {
  name = "shop-default-lb"
}

# Made by environment: `aws_lb_listener.https`.
data "aws_lb_listener" "https" {
  load_balancer_arn = data.aws_lb.main.arn
  port              = 443
}

# From `services.web.port`.
resource "aws_lb_target_group" "web" {
  #checkov:skip=CKV_AWS_378:TLS ends at the load balancer; behind it a security group lets only the load balancer in.
  for_each = local.slots

  name                              = "shop-default-web-${each.key}"
  vpc_id                            = data.aws_vpc.main.id
  target_type                       = "instance"
  port                              = 8080
  protocol                          = "HTTP"
  protocol_version                  = "HTTP1"
  deregistration_delay              = 30
  load_balancing_cross_zone_enabled = "use_load_balancer_configuration"

  tags = {
    Name = "shop-default/web.target_group.${each.key}"
  }

  health_check {
    enabled             = true
    protocol            = "HTTP"
    port                = "8079"
    path                = "/healthz"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  lifecycle {
    # The rule forwards here; another group would get no traffic, since weights are not Terraform's.
    prevent_destroy = true
  }
}

# From `services.web.routes[0]`.
resource "aws_lb_listener_rule" "shop_example_com" {
  listener_arn = data.aws_lb_listener.https.arn
  priority     = var.priority_shop_example_com

  tags = {
    Name = "shop-default/web.listener_rule.shop-example-com"
  }

  action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.web["a"].arn
        weight = 100
      }

      target_group {
        arn    = aws_lb_target_group.web["b"].arn
        weight = 0
      }
    }
  }

  condition {
    host_header {
      values = ["shop.example.com"]
    }
  }

  lifecycle {
    ignore_changes = [
      # Skiff's runtime owns the weights: canaries, cutovers and rollbacks move them.
      action[0].forward,
    ]
  }
}

check "shop_example_com_forwards_to_slots" {
  assert {
    condition     = toset(aws_lb_listener_rule.shop_example_com.action[0].forward[0].target_group[*].arn) == toset(values(aws_lb_target_group.web)[*].arn)
    error_message = "The rule does not forward to exactly the target groups of this service: something other than Skiff's runtime has changed it."
  }
}
