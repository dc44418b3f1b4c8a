resource "aws_cloudwatch_log_group" "mailer" {
  #checkov:skip=CKV_AWS_338:The spec says how long logs are kept: `log_retention`.
  name              = "/skiff/shop-default-mailer"
  retention_in_days = 90
  kms_key_id        = data.aws_kms_key.main.arn

  tags = {
    Name = "shop-default/mailer.logs"
  }

  lifecycle {
    # Its entries go with it.
    prevent_destroy = true
  }
}

# From `services.mailer.alarms`.
resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name          = "shop-default-mailer-cpu"
  alarm_description   = "Members of mailer are busier than 90%"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  evaluation_periods  = 15
  datapoints_to_alarm = 15
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:on-call"]
  ok_actions          = ["arn:aws:sns:eu-west-1:111122223333:on-call"]

  tags = {
    Name = "shop-default/mailer.alarm.cpu"
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
        AutoScalingGroupName = aws_autoscaling_group.mailer["a"].name
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
        AutoScalingGroupName = aws_autoscaling_group.mailer["b"].name
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

resource "aws_cloudwatch_metric_alarm" "mails_age" {
  alarm_name          = "shop-default-mailer-mails-age"
  alarm_description   = "A message of mails waits longer than 15m for mailer"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 900
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:on-call"]
  ok_actions          = ["arn:aws:sns:eu-west-1:111122223333:on-call"]

  tags = {
    Name = "shop-default/mailer.alarm.mails-age"
  }

  metric_query {
    id          = "age"
    label       = "Age of the oldest message, seconds"
    return_data = true

    metric {
      namespace   = "AWS/SQS"
      metric_name = "ApproximateAgeOfOldestMessage"
      stat        = "Maximum"
      period      = 60

      dimensions = {
        QueueName = data.aws_sqs_queue.mails.name
      }
    }
  }
}
