resource "aws_cloudwatch_log_group" "web" {
  name              = "/skiff/shop-default-storefront"
  retention_in_days = 365
  kms_key_id        = data.aws_kms_key.main.arn

  tags = {
    Name = "shop-default/web.logs"
  }

  lifecycle {
    # Its entries go with it.
    prevent_destroy = true
  }
}

# From `services.web.alarms`.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "shop-default-storefront-errors"
  alarm_description   = "More than 1% of the requests to web fail"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:on-call"]
  ok_actions          = ["arn:aws:sns:eu-west-1:111122223333:on-call"]

  tags = {
    Name = "shop-default/web.alarm.errors"
  }

  metric_query {
    id          = "errors_a"
    return_data = false

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_Target_5XX_Count"
      stat        = "Sum"
      period      = 60

      dimensions = {
        LoadBalancer = data.aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.web["a"].arn_suffix
      }
    }
  }

  metric_query {
    id          = "errors_b"
    return_data = false

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_Target_5XX_Count"
      stat        = "Sum"
      period      = 60

      dimensions = {
        LoadBalancer = data.aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.web["b"].arn_suffix
      }
    }
  }

  metric_query {
    id          = "refused_a"
    return_data = false

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "TargetConnectionErrorCount"
      stat        = "Sum"
      period      = 60

      dimensions = {
        LoadBalancer = data.aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.web["a"].arn_suffix
      }
    }
  }

  metric_query {
    id          = "refused_b"
    return_data = false

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "TargetConnectionErrorCount"
      stat        = "Sum"
      period      = 60

      dimensions = {
        LoadBalancer = data.aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.web["b"].arn_suffix
      }
    }
  }

  metric_query {
    id          = "requests_a"
    return_data = false

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "RequestCount"
      stat        = "Sum"
      period      = 60

      dimensions = {
        LoadBalancer = data.aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.web["a"].arn_suffix
      }
    }
  }

  metric_query {
    id          = "requests_b"
    return_data = false

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "RequestCount"
      stat        = "Sum"
      period      = 60

      dimensions = {
        LoadBalancer = data.aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.web["b"].arn_suffix
      }
    }
  }

  metric_query {
    id          = "rate"
    expression  = "100 * (FILL(errors_a, 0) + FILL(errors_b, 0) + FILL(refused_a, 0) + FILL(refused_b, 0)) / (FILL(requests_a, 0) + FILL(requests_b, 0))"
    label       = "Failed requests, percent"
    return_data = true
  }
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name          = "shop-default-storefront-latency"
  alarm_description   = "One request in a hundred to web takes longer than 1s"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:on-call"]
  ok_actions          = ["arn:aws:sns:eu-west-1:111122223333:on-call"]

  tags = {
    Name = "shop-default/web.alarm.latency"
  }

  metric_query {
    id          = "latency_a"
    return_data = false

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "TargetResponseTime"
      stat        = "p99"
      period      = 60

      dimensions = {
        LoadBalancer = data.aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.web["a"].arn_suffix
      }
    }
  }

  metric_query {
    id          = "latency_b"
    return_data = false

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "TargetResponseTime"
      stat        = "p99"
      period      = 60

      dimensions = {
        LoadBalancer = data.aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.web["b"].arn_suffix
      }
    }
  }

  metric_query {
    id          = "slowest"
    expression  = "MAX([FILL(latency_a, 0), FILL(latency_b, 0)])"
    label       = "p99 of the slower slot, seconds"
    return_data = true
  }
}

resource "aws_cloudwatch_metric_alarm" "healthy" {
  alarm_name          = "shop-default-storefront-healthy"
  alarm_description   = "Fewer than 2 members of web are healthy, or none reports, as before the first deploy"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  treat_missing_data  = "breaching"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:on-call"]
  ok_actions          = ["arn:aws:sns:eu-west-1:111122223333:on-call"]

  tags = {
    Name = "shop-default/web.alarm.healthy"
  }

  metric_query {
    id          = "healthy_a"
    return_data = false

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HealthyHostCount"
      stat        = "Minimum"
      period      = 60

      dimensions = {
        LoadBalancer = data.aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.web["a"].arn_suffix
      }
    }
  }

  metric_query {
    id          = "healthy_b"
    return_data = false

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HealthyHostCount"
      stat        = "Minimum"
      period      = 60

      dimensions = {
        LoadBalancer = data.aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.web["b"].arn_suffix
      }
    }
  }

  metric_query {
    id          = "missing"
    expression  = "2 - (FILL(healthy_a, 0) + FILL(healthy_b, 0))"
    label       = "Members missing"
    return_data = true
  }
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name          = "shop-default-storefront-cpu"
  alarm_description   = "Members of web are busier than 90%"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  evaluation_periods  = 15
  datapoints_to_alarm = 15
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:on-call"]
  ok_actions          = ["arn:aws:sns:eu-west-1:111122223333:on-call"]

  tags = {
    Name = "shop-default/web.alarm.cpu"
  }

  metric_query {
    id          = "cpu_a"
    return_data = false

    metric {
      namespace   = "AWS/EC2"
      metric_name = "CPUUtilization"
      stat        = "Average"
      period      = 60

      dimensions = {
        AutoScalingGroupName = aws_autoscaling_group.web["a"].name
      }
    }
  }

  metric_query {
    id          = "cpu_b"
    return_data = false

    metric {
      namespace   = "AWS/EC2"
      metric_name = "CPUUtilization"
      stat        = "Average"
      period      = 60

      dimensions = {
        AutoScalingGroupName = aws_autoscaling_group.web["b"].name
      }
    }
  }

  metric_query {
    id          = "busiest"
    expression  = "MAX([FILL(cpu_a, 0), FILL(cpu_b, 0)])"
    label       = "Processor use of the busier slot, percent"
    return_data = true
  }
}
