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
  name                 = "shop-default-search-runtime"
  path                 = "/skiff/default/"
  description          = "Members of search: boot, report, drain"
  assume_role_policy   = data.aws_iam_policy_document.runtime_assume_role.json
  max_session_duration = 3600

  tags = {
    Name = "shop-default/search.role.runtime"
  }
}

resource "aws_iam_instance_profile" "search" {
  name = "shop-default-search"
  path = "/skiff/default/"
  role = aws_iam_role.runtime.name
}

data "aws_iam_policy_document" "backup_assume_role" {
  statement {
    sid     = "AssumeRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}

# From `services.search.backup`.
resource "aws_iam_role" "backup" {
  name                 = "shop-default-search-backup"
  path                 = "/skiff/default/"
  description          = "Lets AWS Backup copy the volume of search"
  assume_role_policy   = data.aws_iam_policy_document.backup_assume_role.json
  max_session_duration = 3600

  tags = {
    Name = "shop-default/search.role.backup"
  }
}

resource "aws_iam_role_policy_attachment" "backup" {
  role       = aws_iam_role.backup.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
}

data "aws_iam_policy_document" "runtime" {
  statement {
    sid     = "ReadLedger"
    actions = ["s3:GetObject"]

    resources = [
      "${local.ledger_arn}/artifacts/*",
      "${local.ledger_arn}/runner/*",
      "${local.ledger_arn}/trust/*",
      "${local.ledger_arn}/shop/default/services/search/*",
    ]
  }

  statement {
    sid       = "ListLedger"
    actions   = ["s3:ListBucket"]
    resources = [local.ledger_arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["trust/*", "shop/default/services/search/*"]
    }
  }

  statement {
    sid       = "WriteOwnMember"
    actions   = ["s3:PutObject"]
    resources = ["${local.ledger_arn}/shop/default/services/search/members/$${aws:userid}.json"]
  }

  statement {
    sid = "OwnLifecycle"

    actions = [
      "autoscaling:CompleteLifecycleAction",
      "autoscaling:RecordLifecycleActionHeartbeat",
      "autoscaling:SetInstanceHealth",
    ]

    resources = [
      "arn:${local.partition}:autoscaling:${local.region}:${local.account_id}:autoScalingGroup:*:autoScalingGroupName/shop-default-search-a",
    ]
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.search.arn}:*"]
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
    sid       = "OwnName"
    actions   = ["servicediscovery:DeregisterInstance", "servicediscovery:RegisterInstance"]
    resources = [aws_service_discovery_service.search.arn]
  }

  statement {
    sid       = "PullImages"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = ["arn:${local.partition}:ecr:eu-west-1:111122223333:repository/shop/search"]
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
    sid     = "AttachOwnVolume"
    actions = ["ec2:AttachVolume", "ec2:DetachVolume"]

    resources = [
      "arn:${local.partition}:ec2:${local.region}:${local.account_id}:volume/${aws_ebs_volume.search.id}",
      "arn:${local.partition}:ec2:${local.region}:${local.account_id}:instance/*",
    ]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/skiff:service"
      values   = ["search"]
    }
  }

  statement {
    sid       = "OpenVolume"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"]
    resources = [data.aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ec2.eu-west-1.amazonaws.com"]
    }
  }

  statement {
    sid       = "GrantVolume"
    actions   = ["kms:CreateGrant"]
    resources = [data.aws_kms_key.main.arn]

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ec2.eu-west-1.amazonaws.com"]
    }
  }

  statement {
    sid       = "SeeVolumes"
    actions   = ["ec2:DescribeVolumes"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "runtime" {
  name   = "shop-default-search-runtime"
  role   = aws_iam_role.runtime.name
  policy = data.aws_iam_policy_document.runtime.json
}
