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
    sid       = "PullImages"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = ["arn:${local.partition}:ecr:eu-west-1:111122223333:repository/shop/web"]
  }

  statement {
    sid       = "SignInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "runtime" {
  name   = "shop-default-web-runtime"
  role   = aws_iam_role.runtime.name
  policy = data.aws_iam_policy_document.runtime.json
}
