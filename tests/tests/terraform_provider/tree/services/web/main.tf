data "aws_caller_identity" "current" {}

data "aws_lb" "main" {
  name = "shop"
}

data "aws_lb_listener" "https" {
  load_balancer_arn = data.aws_lb.main.arn
  port              = 443
}

data "aws_subnets" "private" {
  filter {
    name   = "vpc-id"
    values = [data.aws_lb.main.vpc_id]
  }

  tags = {
    tier = "private"
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "Ec2"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_iam_role" "web" {
  name               = "web"
  path               = "/skiff/prod/"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_instance_profile" "web" {
  name = "web"
  path = "/skiff/prod/"
  role = aws_iam_role.web.name
}

resource "aws_lb_target_group" "web" {
  for_each = toset(["a", "b"])

  name     = "web-${each.key}"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = data.aws_lb.main.vpc_id

  health_check {
    path = "/healthz"
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_lb_listener_rule" "web" {
  listener_arn = data.aws_lb_listener.https.arn
  priority     = 10

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
    # The runtime moves the weights.
    ignore_changes = [action[0].forward]
  }
}

resource "aws_launch_template" "web" {
  name          = "web-a"
  image_id      = var.image_id
  instance_type = "t4g.small"

  iam_instance_profile {
    arn = aws_iam_instance_profile.web.arn
  }

  metadata_options {
    http_tokens = "required"
  }
}

resource "aws_autoscaling_group" "web" {
  name                = "web-a"
  min_size            = 0
  max_size            = 4
  vpc_zone_identifier = data.aws_subnets.private.ids
  target_group_arns   = [aws_lb_target_group.web["a"].arn]

  launch_template {
    id      = aws_launch_template.web.id
    version = aws_launch_template.web.latest_version
  }

  lifecycle {
    # The runtime moves capacity and says which version a slot runs.
    ignore_changes = [min_size, desired_capacity, launch_template[0].version]
  }
}

output "role_arn" {
  value = aws_iam_role.web.arn
}
