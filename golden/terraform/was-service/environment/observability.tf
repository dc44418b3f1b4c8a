resource "aws_cloudwatch_log_group" "flow_logs" {
  name              = "/skiff/shop-default-flow-logs"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.main.arn

  tags = {
    Name = "shop-default/environment.flow_logs"
  }

  lifecycle {
    # Its entries go with it.
    prevent_destroy = true
  }
}
