resource "aws_s3_bucket" "main" {
  bucket = "main-111122223333"
}

resource "aws_s3_bucket_versioning" "main" {
  bucket = aws_s3_bucket.main.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "main" {
  bucket = aws_s3_bucket.main.id

  rule {
    id     = "old"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_logging" "main" {
  bucket        = aws_s3_bucket.main.id
  target_bucket = aws_s3_bucket.main.id
  target_prefix = "logs/"
}

resource "aws_s3_bucket_ownership_controls" "main" {
  bucket = aws_s3_bucket.main.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "main" {
  bucket                  = aws_s3_bucket.main.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "main" {
  bucket = aws_s3_bucket.main.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.main.arn
      sse_algorithm     = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_policy" "main" {
  bucket = aws_s3_bucket.main.id
  policy = data.aws_iam_policy_document.read.json
}

data "aws_s3_bucket" "main" {
  bucket = aws_s3_bucket.main.bucket
}

resource "aws_sqs_queue" "dead" {
  name                      = "jobs-dead"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue_policy" "jobs" {
  queue_url = aws_sqs_queue.jobs.url
  policy    = data.aws_iam_policy_document.read.json
}

data "aws_sqs_queue" "jobs" {
  name = aws_sqs_queue.jobs.name
}

resource "aws_secretsmanager_secret" "main" {
  name       = "shop/token"
  kms_key_id = aws_kms_key.main.arn
}

data "aws_secretsmanager_secret" "main" {
  name = aws_secretsmanager_secret.main.name
}

resource "aws_db_subnet_group" "main" {
  name       = "main"
  subnet_ids = [for subnet in aws_subnet.main : subnet.id]
}

resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "postgres17"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}

resource "aws_db_instance" "main" {
  identifier                  = "main"
  engine                      = "postgres"
  engine_version              = "17.4"
  instance_class              = "db.t4g.micro"
  allocated_storage           = 20
  storage_encrypted           = true
  kms_key_id                  = aws_kms_key.main.arn
  username                    = "skiff"
  manage_master_user_password = true
  db_subnet_group_name        = aws_db_subnet_group.main.name
  parameter_group_name        = aws_db_parameter_group.main.name
  vpc_security_group_ids      = [aws_security_group.main["b"].id]
  final_snapshot_identifier   = "main-last"
}

data "aws_db_instance" "main" {
  db_instance_identifier = aws_db_instance.main.identifier
}

resource "aws_backup_vault" "main" {
  name        = "main"
  kms_key_arn = aws_kms_key.main.arn
}

resource "aws_backup_plan" "main" {
  name = "main"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 3 * * ? *)"

    lifecycle {
      delete_after = 35
    }
  }
}

resource "aws_backup_selection" "main" {
  name         = "volumes"
  plan_id      = aws_backup_plan.main.id
  iam_role_arn = aws_iam_role.main.arn
  resources    = [aws_ebs_volume.main.arn]
}

resource "aws_cloudwatch_log_group" "main" {
  name              = "/skiff/main"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.main.arn
}

data "aws_cloudwatch_log_group" "main" {
  name = aws_cloudwatch_log_group.main.name
}

resource "aws_sns_topic" "main" {
  name = "alerts"
}

resource "aws_sns_topic_subscription" "main" {
  topic_arn = aws_sns_topic.main.arn
  protocol  = "email"
  endpoint  = "team@example.com"
}

data "aws_sns_topic" "main" {
  name = aws_sns_topic.main.name
}

resource "aws_cloudwatch_metric_alarm" "main" {
  alarm_name          = "errors"
  alarm_actions       = [data.aws_sns_topic.main.arn]
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = 3
  evaluation_periods  = 5
  threshold           = 0.05
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "ratio"
    expression  = "errors / FILL(requests, 1)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = {
      errors   = "HTTPCode_Target_5XX_Count"
      requests = "RequestCount"
    }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        period      = 60
        stat        = "Sum"

        dimensions = {
          LoadBalancer = aws_lb.main.arn_suffix
          TargetGroup  = aws_lb_target_group.main["a"].arn_suffix
        }
      }
    }
  }
}

output "database_secret" {
  value = data.aws_db_instance.main.master_user_secret[0].secret_arn
}

output "latest_log_line_goes_to" {
  value = "${data.aws_cloudwatch_log_group.main.arn}:*"
}
