resource "aws_cloudwatch_log_group" "search" {
  #checkov:skip=CKV_AWS_338:The spec says how long logs are kept: `log_retention`.
  name              = "/skiff/shop-default-search"
  retention_in_days = 90
  kms_key_id        = data.aws_kms_key.main.arn

  tags = {
    Name = "shop-default/search.logs"
  }

  lifecycle {
    # Its entries go with it.
    prevent_destroy = true
  }
}

# From `services.search.alarms`.
resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name          = "shop-default-search-cpu"
  alarm_description   = "Members of search are busier than 90%"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  evaluation_periods  = 15
  datapoints_to_alarm = 15
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:on-call"]
  ok_actions          = ["arn:aws:sns:eu-west-1:111122223333:on-call"]

  tags = {
    Name = "shop-default/search.alarm.cpu"
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
        AutoScalingGroupName = aws_autoscaling_group.search["a"].name
      }
    }
  }

  metric_query {
    id          = "busiest"
    expression  = "MAX([FILL(cpu_a, 0)])"
    label       = "Processor use of the busier slot, percent"
    return_data = true
  }
}
