# Renamed in the spec by `was:`, which stays there: physical names are made of it.
moved {
  from = aws_security_group.storefront
  to   = aws_security_group.web
}

moved {
  from = aws_cloudwatch_log_group.storefront
  to   = aws_cloudwatch_log_group.web
}

moved {
  from = aws_iam_instance_profile.storefront
  to   = aws_iam_instance_profile.web
}

moved {
  from = aws_lb_target_group.storefront
  to   = aws_lb_target_group.web
}

moved {
  from = aws_launch_template.storefront
  to   = aws_launch_template.web
}

moved {
  from = aws_autoscaling_group.storefront
  to   = aws_autoscaling_group.web
}

moved {
  from = aws_vpc_security_group_egress_rule.storefront_to_s3_443
  to   = aws_vpc_security_group_egress_rule.web_to_s3_443
}

moved {
  from = aws_vpc_security_group_ingress_rule.endpoints_from_storefront_443
  to   = aws_vpc_security_group_ingress_rule.endpoints_from_web_443
}

moved {
  from = aws_vpc_security_group_egress_rule.storefront_to_endpoints_443
  to   = aws_vpc_security_group_egress_rule.web_to_endpoints_443
}

moved {
  from = aws_vpc_security_group_ingress_rule.storefront_from_load_balancer_8080
  to   = aws_vpc_security_group_ingress_rule.web_from_load_balancer_8080
}

moved {
  from = aws_vpc_security_group_egress_rule.load_balancer_to_storefront_8080
  to   = aws_vpc_security_group_egress_rule.load_balancer_to_web_8080
}

moved {
  from = aws_vpc_security_group_ingress_rule.storefront_from_load_balancer_8079
  to   = aws_vpc_security_group_ingress_rule.web_from_load_balancer_8079
}

moved {
  from = aws_vpc_security_group_egress_rule.load_balancer_to_storefront_8079
  to   = aws_vpc_security_group_egress_rule.load_balancer_to_web_8079
}
