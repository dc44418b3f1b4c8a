data "aws_ami" "main" {
  most_recent = true
  owners      = ["amazon"]

  filter {
    name   = "name"
    values = ["al2023-ami-*-arm64"]
  }
}

resource "aws_launch_template" "main" {
  name                   = "main"
  image_id               = data.aws_ami.main.id
  instance_type          = "t4g.small"
  update_default_version = true
  user_data              = base64encode("#!/bin/sh\n")

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      encrypted             = true
      volume_type           = "gp3"
      volume_size           = 20
      delete_on_termination = true
    }
  }

  iam_instance_profile {
    name = aws_iam_instance_profile.main.name
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  monitoring {
    enabled = true
  }

  network_interfaces {
    associate_public_ip_address = false
    security_groups             = [aws_security_group.main["b"].id]
  }

  tag_specifications {
    resource_type = "instance"

    tags = {
      Name = "main"
    }
  }
}

resource "aws_autoscaling_group" "main" {
  name                      = "main"
  min_size                  = 0
  max_size                  = 2
  default_instance_warmup   = 60
  enabled_metrics           = ["GroupInServiceInstances", "GroupDesiredCapacity"]
  health_check_type         = "EC2"
  target_group_arns         = [for group in aws_lb_target_group.main : group.arn]
  termination_policies      = ["OldestLaunchTemplate", "Default"]
  vpc_zone_identifier       = data.aws_subnets.main.ids
  wait_for_capacity_timeout = "0"

  launch_template {
    id      = aws_launch_template.main.id
    version = aws_launch_template.main.latest_version
  }

  tag {
    key                 = "Name"
    value               = "main"
    propagate_at_launch = true
  }

  tag {
    key                 = "app"
    value               = "shop"
    propagate_at_launch = true
  }
}

resource "aws_autoscaling_lifecycle_hook" "main" {
  name                   = "launch"
  autoscaling_group_name = aws_autoscaling_group.main.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_LAUNCHING"
  default_result         = "ABANDON"
  heartbeat_timeout      = 300
}

resource "aws_autoscaling_policy" "tracking" {
  name                   = "cpu"
  autoscaling_group_name = aws_autoscaling_group.main.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = 62.5

    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}

resource "aws_autoscaling_policy" "steps" {
  name                    = "steps"
  autoscaling_group_name  = aws_autoscaling_group.main.name
  policy_type             = "StepScaling"
  adjustment_type         = "ChangeInCapacity"
  metric_aggregation_type = "Average"

  step_adjustment {
    metric_interval_lower_bound = 0
    metric_interval_upper_bound = 10.1
    scaling_adjustment          = 1
  }

  step_adjustment {
    metric_interval_lower_bound = 10.1
    scaling_adjustment          = 2
  }
}

resource "aws_autoscaling_schedule" "main" {
  scheduled_action_name  = "nightly"
  autoscaling_group_name = aws_autoscaling_group.main.name
  desired_capacity       = 1
  recurrence             = "0 3 * * *"
  time_zone              = "Europe/Berlin"
}

resource "aws_ebs_volume" "main" {
  availability_zone = "eu-central-1a"
  encrypted         = true
  kms_key_id        = aws_kms_key.main.arn
  size              = 20
  type              = "gp3"
}

resource "aws_lb" "main" {
  name            = "main"
  internal        = true
  security_groups = [aws_security_group.main["a"].id]
  subnets         = [for subnet in aws_subnet.main : subnet.id]

  access_logs {
    bucket  = aws_s3_bucket.main.bucket
    enabled = true
  }
}

resource "aws_lb_target_group" "main" {
  for_each = toset(["a", "b"])

  name                          = "main-${each.key}"
  port                          = 8080
  protocol                      = "HTTP"
  protocol_version              = "HTTP1"
  load_balancing_algorithm_type = "least_outstanding_requests"
  vpc_id                        = aws_vpc.main.id

  health_check {
    path    = "/healthz"
    matcher = "200"
    timeout = 5
  }

  stickiness {
    type    = "lb_cookie"
    enabled = false
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = "arn:aws:acm:eu-central-1:111122223333:certificate/11112222-3333-4444-5555-666677778888"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_certificate" "main" {
  listener_arn    = aws_lb_listener.https.arn
  certificate_arn = "arn:aws:acm:eu-central-1:111122223333:certificate/99998888-3333-4444-5555-666677778888"
}

resource "aws_lb_listener_rule" "main" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10

  action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.main["a"].arn
        weight = 100
      }

      target_group {
        arn    = aws_lb_target_group.main["b"].arn
        weight = 0
      }
    }
  }

  condition {
    host_header {
      values = ["shop.example.com"]
    }
  }

  condition {
    path_pattern {
      values = ["/api/*", "/api"]
    }
  }
}

resource "aws_wafv2_web_acl_association" "main" {
  resource_arn = aws_lb.main.arn
  web_acl_arn  = "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/main/11112222-3333-4444-5555-666677778888"
}

data "aws_lb" "main" {
  arn = aws_lb.main.arn
}

data "aws_lb_listener" "https" {
  load_balancer_arn = data.aws_lb.main.arn
  port              = aws_lb_listener.https.port
}

data "aws_lb_target_group" "a" {
  name = aws_lb_target_group.main["a"].name
}
