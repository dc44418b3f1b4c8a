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
  name                 = "shop-default-report-runtime"
  path                 = "/skiff/default/"
  description          = "Members of report: boot, report, drain"
  assume_role_policy   = data.aws_iam_policy_document.runtime_assume_role.json
  max_session_duration = 3600

  tags = {
    Name = "shop-default/report.role.runtime"
  }
}

resource "aws_iam_instance_profile" "report" {
  name = "shop-default-report"
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
  name                 = "shop-default-report-workload"
  path                 = "/skiff/default/"
  description          = "The workload of report, through the runner"
  assume_role_policy   = data.aws_iam_policy_document.workload_assume_role.json
  max_session_duration = 3600

  tags = {
    Name = "shop-default/report.role.workload"
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
      "${local.ledger_arn}/shop/default/services/report/*",
    ]
  }

  statement {
    sid       = "ListLedger"
    actions   = ["s3:ListBucket"]
    resources = [local.ledger_arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["trust/*", "shop/default/services/report/*"]
    }
  }

  statement {
    sid       = "WriteOwnMember"
    actions   = ["s3:PutObject"]
    resources = ["${local.ledger_arn}/shop/default/services/report/members/$${aws:userid}.json"]
  }

  statement {
    sid = "OwnLifecycle"

    actions = [
      "autoscaling:CompleteLifecycleAction",
      "autoscaling:RecordLifecycleActionHeartbeat",
      "autoscaling:SetDesiredCapacity",
      "autoscaling:SetInstanceHealth",
    ]

    resources = [
      "arn:${local.partition}:autoscaling:${local.region}:${local.account_id}:autoScalingGroup:*:autoScalingGroupName/shop-default-report-a",
    ]
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.report.arn}:*"]
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
    sid       = "ReadSecrets"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [one(data.aws_db_instance.orders.master_user_secret[*].secret_arn)]
  }

  statement {
    sid       = "PullImages"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = ["arn:${local.partition}:ecr:eu-west-1:111122223333:repository/shop/report"]
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
  name   = "shop-default-report-runtime"
  role   = aws_iam_role.runtime.name
  policy = data.aws_iam_policy_document.runtime.json
}

data "aws_iam_policy_document" "workload" {
  statement {
    sid       = "ObjectsPictures"
    actions   = ["s3:GetObject"]
    resources = ["${data.aws_s3_bucket.pictures.arn}/*"]
  }

  statement {
    sid       = "ListPictures"
    actions   = ["s3:ListBucket"]
    resources = [data.aws_s3_bucket.pictures.arn]
  }

  statement {
    sid       = "KeyByS3"
    actions   = ["kms:Decrypt"]
    resources = [data.aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.eu-west-1.amazonaws.com"]
    }
  }
}

# From `services.report.uses`.
resource "aws_iam_role_policy" "workload" {
  name   = "shop-default-report-workload"
  role   = aws_iam_role.workload.name
  policy = data.aws_iam_policy_document.workload.json
}
