data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:In a key's own policy `*` means this key; who may use it is said by principals and conditions.
  #checkov:skip=CKV_AWS_111:In a key's own policy `*` means this key; who may use it is said by principals and conditions.
  #checkov:skip=CKV_AWS_356:In a key's own policy `*` means this key; who may use it is said by principals and conditions.
  statement {
    sid       = "AccountAdministers"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }
  }

  statement {
    sid = "AutoScalingUses"

    actions = [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey*",
      "kms:ReEncrypt*",
    ]

    resources = ["*"]

    principals {
      type = "AWS"

      identifiers = [
        "arn:${local.partition}:iam::${local.account_id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
      ]
    }
  }

  statement {
    sid       = "AutoScalingGrants"
    actions   = ["kms:CreateGrant"]
    resources = ["*"]

    principals {
      type = "AWS"

      identifiers = [
        "arn:${local.partition}:iam::${local.account_id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
      ]
    }

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }

  statement {
    sid = "LogsUse"

    actions = [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey*",
      "kms:ReEncrypt*",
    ]

    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.eu-west-1.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"

      values = [
        "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/skiff/*",
        "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/aws/rds/instance/*",
      ]
    }
  }

  statement {
    sid       = "AlarmsUse"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "sns.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}

# Its policy names Auto Scaling's service-linked role, which a new account does not have yet: `aws
# iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com` makes it.
resource "aws_kms_key" "main" {
  description             = "Encrypts everything at rest of shop in default"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json

  tags = {
    Name = "shop-default/environment.key"
  }

  lifecycle {
    # What it has encrypted is lost with it.
    prevent_destroy = true
  }
}

# The services' root modules find the key by this name.
resource "aws_kms_alias" "main" {
  name          = "alias/shop-default-key"
  target_key_id = aws_kms_key.main.key_id
}

resource "aws_s3_bucket" "access_logs" {
  #checkov:skip=CKV_AWS_18:This bucket receives the access logs; its own would go in circles.
  #checkov:skip=CKV2_AWS_62:Nothing listens for events of this bucket.
  #checkov:skip=CKV_AWS_144:The spec asks for one region; old versions are kept in it.
  #checkov:skip=CKV_AWS_145:Access logs are delivered only to buckets encrypted with S3's own keys.
  bucket = "shop-default-access-log-b0075523"

  tags = {
    Name = "shop-default/environment.access_logs"
  }

  lifecycle {
    # Its data goes with it.
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "access_logs" {
  bucket                  = aws_s3_bucket.access_logs.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    expiration {
      days = 90
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  depends_on = [aws_s3_bucket_versioning.access_logs]
}

data "aws_iam_policy_document" "access_logs_bucket" {
  statement {
    sid       = "PlainText"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.access_logs.arn, "${aws_s3_bucket.access_logs.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "BucketsWriteLogs"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.access_logs.arn}/buckets/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }

  statement {
    sid       = "LoadBalancerWritesLogs"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.access_logs.arn}/load-balancer/AWSLogs/${local.account_id}/*"]

    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
    }
  }
}

resource "aws_s3_bucket_policy" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket
  policy = data.aws_iam_policy_document.access_logs_bucket.json
}

resource "aws_s3_bucket" "state" {
  #checkov:skip=CKV2_AWS_62:Nothing listens for events of this bucket.
  #checkov:skip=CKV_AWS_144:The spec asks for one region; old versions are kept in it.
  bucket = "skiff-111122223333-eu-west-1"

  tags = {
    Name = "shop-default/environment.state"
  }

  lifecycle {
    # Its data goes with it.
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket                  = aws_s3_bucket.state.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "state" {
  bucket = aws_s3_bucket.state.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.main.arn
    }
  }
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.bucket

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = 90
    }
  }

  depends_on = [aws_s3_bucket_versioning.state]
}

resource "aws_s3_bucket_logging" "state" {
  bucket        = aws_s3_bucket.state.bucket
  target_bucket = aws_s3_bucket.access_logs.bucket
  target_prefix = "buckets/state/"
}

data "aws_iam_policy_document" "state_bucket" {
  statement {
    sid       = "PlainText"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid     = "UnconditionalControlWrites"
    effect  = "Deny"
    actions = ["s3:PutObject"]

    resources = [
      "${aws_s3_bucket.state.arn}/*/shape/*",
      "${aws_s3_bucket.state.arn}/*/control.json",
      "${aws_s3_bucket.state.arn}/*/members/*",
    ]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:if-match"
      values   = ["true"]
    }

    condition {
      test     = "Null"
      variable = "s3:if-none-match"
      values   = ["true"]
    }
  }

  statement {
    sid     = "OverwritingWhatIsImmutable"
    effect  = "Deny"
    actions = ["s3:PutObject"]

    resources = [
      "${aws_s3_bucket.state.arn}/trust/*",
      "${aws_s3_bucket.state.arn}/*/releases/*",
      "${aws_s3_bucket.state.arn}/*/intent.json",
      "${aws_s3_bucket.state.arn}/*/log/*",
      "${aws_s3_bucket.state.arn}/*/idempotency/*",
      "${aws_s3_bucket.state.arn}/*/events/*",
    ]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:if-none-match"
      values   = ["true"]
    }
  }

  statement {
    sid           = "DeletingEvidence"
    effect        = "Deny"
    actions       = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    not_resources = ["${aws_s3_bucket.state.arn}/probe/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket_policy" "state" {
  bucket = aws_s3_bucket.state.bucket
  policy = data.aws_iam_policy_document.state_bucket.json
}

resource "aws_db_subnet_group" "main" {
  name        = "shop-default-databases"
  description = "Private subnets of the databases"
  subnet_ids  = values(aws_subnet.private)[*].id

  tags = {
    Name = "shop-default/environment.database_subnets"
  }
}

# From `databases.orders`.
resource "aws_db_parameter_group" "orders" {
  name        = "shop-default-orders-postgres17"
  family      = "postgres17"
  description = "Parameters of database orders: TLS only, slow statements logged"

  tags = {
    Name = "shop-default/environment.database_parameters.orders"
  }

  parameter {
    name         = "log_min_duration_statement"
    value        = "1000"
    apply_method = "immediate"
  }

  parameter {
    name         = "log_statement"
    value        = "ddl"
    apply_method = "immediate"
  }

  parameter {
    name  = "rds.force_ssl"
    value = "1"

    # The engine's own default today: RDS reads it back as set at a start.
    apply_method = "pending-reboot"
  }

  lifecycle {
    # A new major version needs a group of another family before the old one can go.
    create_before_destroy = true
  }
}

# RDS makes the password and keeps it in Secrets Manager; it is in no state file.
resource "aws_db_instance" "orders" {
  #checkov:skip=CKV_AWS_353:Enhanced monitoring is on; Database Insights is a choice of cost that the spec does not make.
  identifier                          = "shop-default-orders"
  engine                              = "postgres"
  engine_version                      = "17"
  instance_class                      = "db.t4g.micro"
  db_name                             = "orders"
  port                                = 5432
  allocated_storage                   = 20
  storage_type                        = "gp3"
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.main.arn
  multi_az                            = true
  publicly_accessible                 = false
  db_subnet_group_name                = aws_db_subnet_group.main.name
  vpc_security_group_ids              = [aws_security_group.orders.id]
  parameter_group_name                = aws_db_parameter_group.orders.name
  username                            = "skiff"
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = aws_kms_key.main.arn
  iam_database_authentication_enabled = true
  backup_retention_period             = 7
  copy_tags_to_snapshot               = true
  final_snapshot_identifier           = "shop-default-orders-final"
  deletion_protection                 = true
  apply_immediately                   = false
  auto_minor_version_upgrade          = true
  enabled_cloudwatch_logs_exports     = ["postgresql", "upgrade"]
  monitoring_interval                 = 60
  monitoring_role_arn                 = aws_iam_role.database_monitoring.arn

  tags = {
    Name = "shop-default/environment.database.orders"
  }

  lifecycle {
    # Its data goes with it.
    prevent_destroy = true
  }

  depends_on = [aws_cloudwatch_log_group.orders_postgresql, aws_cloudwatch_log_group.orders_upgrade]
}

# From `queues.mails`.
resource "aws_sqs_queue" "mails_dead_letters" {
  name                              = "shop-default-mails-dead"
  max_message_size                  = 262144
  message_retention_seconds         = 1209600
  receive_wait_time_seconds         = 20
  visibility_timeout_seconds        = 30
  kms_master_key_id                 = aws_kms_key.main.arn
  kms_data_key_reuse_period_seconds = 300

  tags = {
    Name = "shop-default/environment.dead_letter_queue.mails"
  }

  lifecycle {
    # Its messages go with it.
    prevent_destroy = true
  }
}

resource "aws_sqs_queue" "mails" {
  name                              = "shop-default-mails"
  max_message_size                  = 262144
  message_retention_seconds         = 345600
  receive_wait_time_seconds         = 20
  visibility_timeout_seconds        = 30
  kms_master_key_id                 = aws_kms_key.main.arn
  kms_data_key_reuse_period_seconds = 300

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.mails_dead_letters.arn
    maxReceiveCount     = 5
  })

  tags = {
    Name = "shop-default/environment.queue.mails"
  }

  lifecycle {
    # Its messages go with it.
    prevent_destroy = true
  }
}

data "aws_iam_policy_document" "mails_queue" {
  statement {
    sid       = "PlainText"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.mails.arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "mails" {
  queue_url = aws_sqs_queue.mails.url
  policy    = data.aws_iam_policy_document.mails_queue.json
}

data "aws_iam_policy_document" "mails_dead_letters_queue" {
  statement {
    sid       = "PlainText"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.mails_dead_letters.arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "mails_dead_letters" {
  queue_url = aws_sqs_queue.mails_dead_letters.url
  policy    = data.aws_iam_policy_document.mails_dead_letters_queue.json
}

# From `buckets.pictures`.
resource "aws_s3_bucket" "pictures" {
  #checkov:skip=CKV2_AWS_62:Nothing listens for events of this bucket.
  #checkov:skip=CKV_AWS_144:The spec asks for one region; old versions are kept in it.
  bucket = "shop-default-pictures-e0e50e79"

  tags = {
    Name = "shop-default/environment.bucket.pictures"
  }

  lifecycle {
    # Its data goes with it.
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "pictures" {
  bucket                  = aws_s3_bucket.pictures.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "pictures" {
  bucket = aws_s3_bucket.pictures.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "pictures" {
  bucket = aws_s3_bucket.pictures.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.main.arn
    }
  }
}

resource "aws_s3_bucket_versioning" "pictures" {
  bucket = aws_s3_bucket.pictures.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "pictures" {
  bucket = aws_s3_bucket.pictures.bucket

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  depends_on = [aws_s3_bucket_versioning.pictures]
}

resource "aws_s3_bucket_logging" "pictures" {
  bucket        = aws_s3_bucket.pictures.bucket
  target_bucket = aws_s3_bucket.access_logs.bucket
  target_prefix = "buckets/pictures/"
}

data "aws_iam_policy_document" "pictures_bucket" {
  statement {
    sid       = "PlainText"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.pictures.arn, "${aws_s3_bucket.pictures.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

# From `buckets.pictures`.
resource "aws_s3_bucket_policy" "pictures" {
  bucket = aws_s3_bucket.pictures.bucket
  policy = data.aws_iam_policy_document.pictures_bucket.json
}
