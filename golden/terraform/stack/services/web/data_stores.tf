# Made by environment: `aws_db_instance.orders`.
data "aws_db_instance" "orders" {
  db_instance_identifier = "shop-default-orders"
}

# Made by environment: `aws_kms_key.main`.
data "aws_kms_key" "main" {
  key_id = "alias/shop-default-key"
}

# Made by environment: `aws_s3_bucket.pictures`.
data "aws_s3_bucket" "pictures" {
  bucket = "shop-default-pictures-e0e50e79"
}

# Made by environment: `aws_sqs_queue.mails`.
data "aws_sqs_queue" "mails" {
  name = "shop-default-mails"
}

# The shell only: its value is set outside Terraform and is in no state file. From
# `services.web.secrets.SESSION_KEY`.
resource "aws_secretsmanager_secret" "session_key" {
  #checkov:skip=CKV2_AWS_57:Who sets the value rotates it; members read the version that a release names.
  name        = "shop-default-web-session-key"
  description = "session-key of web; its value is set by `skiff secret set`"
  kms_key_id  = data.aws_kms_key.main.arn

  tags = {
    Name = "shop-default/web.secret.session-key"
  }

  lifecycle {
    # Its value is nowhere else.
    prevent_destroy = true
  }
}
