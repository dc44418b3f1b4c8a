data "aws_iam_policy_document" "runtime_assume_role" {
  statement {
    sid     = "AssumeRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "runtime" {
  name                 = "shop-default-web-runtime"
  path                 = "/skiff/default/"
  description          = "Members of web: boot, report, drain"
  assume_role_policy   = data.aws_iam_policy_document.runtime_assume_role.json
  max_session_duration = 3600

  tags = {
    Name = "shop-default/web.role.runtime"
  }
}

resource "aws_iam_instance_profile" "web" {
  name = "shop-default-web"
  path = "/skiff/default/"
  role = aws_iam_role.runtime.name
}

data "aws_iam_policy_document" "workload_assume_role" {
  statement {
    sid     = "AssumeRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.runtime.arn]
    }
  }
}

resource "aws_iam_role" "workload" {
  name                 = "shop-default-web-workload"
  path                 = "/skiff/default/"
  description          = "The workload of web, through the runner"
  assume_role_policy   = data.aws_iam_policy_document.workload_assume_role.json
  max_session_duration = 3600

  tags = {
    Name = "shop-default/web.role.workload"
  }
}

data "aws_iam_policy_document" "runtime" {
  statement {
    sid     = "ReadLedger"
    actions = ["s3:GetObject"]

    resources = [
      "${local.ledger_arn}/artifacts/*",
      "${local.ledger_arn}/runner/*",
      "${local.ledger_arn}/trust/*",
      "${local.ledger_arn}/shop/default/services/web/*",
    ]
  }

  statement {
    sid       = "ListLedger"
    actions   = ["s3:ListBucket"]
    resources = [local.ledger_arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["trust/*", "shop/default/services/web/*"]
    }
  }

  statement {
    sid       = "WriteOwnMember"
    actions   = ["s3:PutObject"]
    resources = ["${local.ledger_arn}/shop/default/services/web/members/$${aws:userid}.json"]
  }

  statement {
    sid = "OwnLifecycle"

    actions = [
      "autoscaling:CompleteLifecycleAction",
      "autoscaling:RecordLifecycleActionHeartbeat",
      "autoscaling:SetInstanceHealth",
    ]

    resources = [
      "arn:${local.partition}:autoscaling:${local.region}:${local.account_id}:autoScalingGroup:*:autoScalingGroupName/shop-default-web-a",
      "arn:${local.partition}:autoscaling:${local.region}:${local.account_id}:autoScalingGroup:*:autoScalingGroupName/shop-default-web-b",
    ]
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.web.arn}:*"]
  }

  statement {
    sid       = "PublishMetrics"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = ["Skiff"]
    }
  }

  statement {
    sid     = "ReadSecrets"
    actions = ["secretsmanager:GetSecretValue"]

    resources = [
      one(data.aws_db_instance.orders.master_user_secret[*].secret_arn),
      aws_secretsmanager_secret.session_key.arn,
    ]
  }

  statement {
    sid       = "PullImages"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = ["arn:${local.partition}:ecr:eu-west-1:111122223333:repository/shop/web"]
  }

  statement {
    sid       = "SignInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "KeyOfLedger"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [data.aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.eu-west-1.amazonaws.com"]
    }
  }

  statement {
    sid       = "KeyBySecretsmanager"
    actions   = ["kms:Decrypt"]
    resources = [data.aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.eu-west-1.amazonaws.com"]
    }
  }

  statement {
    sid       = "BecomeWorkload"
    actions   = ["sts:AssumeRole"]
    resources = [aws_iam_role.workload.arn]
  }
}

resource "aws_iam_role_policy" "runtime" {
  name   = "shop-default-web-runtime"
  role   = aws_iam_role.runtime.name
  policy = data.aws_iam_policy_document.runtime.json
}

data "aws_iam_policy_document" "workload" {
  statement {
    sid       = "QueueMails"
    actions   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"]
    resources = [data.aws_sqs_queue.mails.arn]
  }

  statement {
    sid       = "KeyBySqs"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [data.aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.eu-west-1.amazonaws.com"]
    }
  }

  statement {
    sid       = "ObjectsPictures"
    actions   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${data.aws_s3_bucket.pictures.arn}/*"]
  }

  statement {
    sid       = "ListPictures"
    actions   = ["s3:ListBucket"]
    resources = [data.aws_s3_bucket.pictures.arn]
  }

  statement {
    sid       = "KeyByS3"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [data.aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.eu-west-1.amazonaws.com"]
    }
  }
}

# From `services.web.uses`.
resource "aws_iam_role_policy" "workload" {
  name   = "shop-default-web-workload"
  role   = aws_iam_role.workload.name
  policy = data.aws_iam_policy_document.workload.json
}
