resource "aws_lb" "main" {
  #checkov:skip=CKV2_AWS_28:No web ACL filters requests; one that is named as `load_balancer.web_acl` is attached.
  name                       = "shop-default-lb"
  internal                   = false
  load_balancer_type         = "application"
  ip_address_type            = "ipv4"
  subnets                    = values(aws_subnet.public)[*].id
  security_groups            = [aws_security_group.load_balancer.id]
  enable_deletion_protection = true
  idle_timeout               = 60
  desync_mitigation_mode     = "defensive"
  drop_invalid_header_fields = true

  tags = {
    Name = "shop-default/environment.load_balancer"
  }

  access_logs {
    bucket  = aws_s3_bucket.access_logs.bucket
    enabled = true
    prefix  = "load-balancer"
  }

  depends_on = [aws_s3_bucket_policy.access_logs, aws_internet_gateway.main]
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"

  tags = {
    Name = "shop-default/environment.listener.http"
  }

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
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = "arn:aws:acm:eu-west-1:111122223333:certificate/1a2b3c4d-0001-4000-8000-000000000001"

  tags = {
    Name = "shop-default/environment.listener.https"
  }

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "not found"
      status_code  = "404"
    }
  }
}
