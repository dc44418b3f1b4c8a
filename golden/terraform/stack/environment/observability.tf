resource "aws_cloudwatch_log_group" "flow_logs" {
  #checkov:skip=CKV_AWS_338:The spec says how long logs are kept: `log_retention`.
  name              = "/skiff/shop-default-flow-logs"
  retention_in_days = 90
  kms_key_id        = aws_kms_key.main.arn

  tags = {
    Name = "shop-default/environment.flow_logs"
  }

  lifecycle {
    # Its entries go with it.
    prevent_destroy = true
  }
}

# From `databases.orders`.
resource "aws_cloudwatch_log_group" "orders_postgresql" {
  #checkov:skip=CKV_AWS_338:The spec says how long logs are kept: `log_retention`.
  name              = "/aws/rds/instance/shop-default-orders/postgresql"
  retention_in_days = 90
  kms_key_id        = aws_kms_key.main.arn

  tags = {
    Name = "shop-default/environment.database_logs.orders-postgresql"
  }

  lifecycle {
    # Its entries go with it.
    prevent_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "orders_upgrade" {
  #checkov:skip=CKV_AWS_338:The spec says how long logs are kept: `log_retention`.
  name              = "/aws/rds/instance/shop-default-orders/upgrade"
  retention_in_days = 90
  kms_key_id        = aws_kms_key.main.arn

  tags = {
    Name = "shop-default/environment.database_logs.orders-upgrade"
  }

  lifecycle {
    # Its entries go with it.
    prevent_destroy = true
  }
}

# From `queues.mails`.
resource "aws_cloudwatch_metric_alarm" "mails_dead" {
  alarm_name          = "shop-default-mails-dead"
  alarm_description   = "Messages of mails could not be handled and wait in its dead-letter queue"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:on-call"]
  ok_actions          = ["arn:aws:sns:eu-west-1:111122223333:on-call"]

  tags = {
    Name = "shop-default/environment.alarm.mails-dead"
  }

  metric_query {
    id          = "waiting"
    label       = "Messages in the dead-letter queue"
    return_data = true

    metric {
      namespace   = "AWS/SQS"
      metric_name = "ApproximateNumberOfMessagesVisible"
      stat        = "Maximum"
      period      = 300

      dimensions = {
        QueueName = aws_sqs_queue.mails_dead_letters.name
      }
    }
  }
}
