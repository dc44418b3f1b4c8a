resource "aws_cloudwatch_log_group" "report" {
  #checkov:skip=CKV_AWS_338:The spec says how long logs are kept: `log_retention`.
  name              = "/skiff/shop-default-report"
  retention_in_days = 90
  kms_key_id        = data.aws_kms_key.main.arn

  tags = {
    Name = "shop-default/report.logs"
  }

  lifecycle {
    # Its entries go with it.
    prevent_destroy = true
  }
}
