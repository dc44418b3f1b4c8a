data "aws_iam_policy_document" "flow_logs_assume_role" {
  statement {
    sid     = "AssumeRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}

resource "aws_iam_role" "flow_logs" {
  name                 = "shop-default-flow-logs"
  path                 = "/skiff/default/"
  description          = "Writes the VPC's flow logs"
  assume_role_policy   = data.aws_iam_policy_document.flow_logs_assume_role.json
  max_session_duration = 3600

  tags = {
    Name = "shop-default/environment.flow_logs_role"
  }
}

data "aws_iam_policy_document" "flow_logs" {
  statement {
    sid       = "WriteFlowLogs"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.flow_logs.arn}:*"]
  }
}

resource "aws_iam_role_policy" "flow_logs" {
  name   = "shop-default-flow-logs"
  role   = aws_iam_role.flow_logs.name
  policy = data.aws_iam_policy_document.flow_logs.json
}

data "aws_iam_policy_document" "deployer_compute" {
  statement {
    sid = "ShapeAutoscaling"

    actions = [
      "autoscaling:AttachLoadBalancerTargetGroups",
      "autoscaling:AttachLoadBalancers",
      "autoscaling:AttachTrafficSources",
      "autoscaling:CancelInstanceRefresh",
      "autoscaling:CreateAutoScalingGroup",
      "autoscaling:CreateOrUpdateTags",
      "autoscaling:DeleteAutoScalingGroup",
      "autoscaling:DeleteLifecycleHook",
      "autoscaling:DeleteNotificationConfiguration",
      "autoscaling:DeleteTags",
      "autoscaling:DetachLoadBalancerTargetGroups",
      "autoscaling:DetachLoadBalancers",
      "autoscaling:DetachTrafficSources",
      "autoscaling:DisableMetricsCollection",
      "autoscaling:EnableMetricsCollection",
      "autoscaling:PutLifecycleHook",
      "autoscaling:PutNotificationConfiguration",
      "autoscaling:ResumeProcesses",
      "autoscaling:StartInstanceRefresh",
      "autoscaling:SuspendProcesses",
      "autoscaling:UpdateAutoScalingGroup",
    ]

    resources = [
      "arn:${local.partition}:autoscaling:${local.region}:${local.account_id}:autoScalingGroup:*:autoScalingGroupName/shop-default-*",
    ]
  }

  statement {
    sid = "ShapeWithoutArns"

    actions = [
      "autoscaling:DescribeAccountLimits",
      "autoscaling:DescribeAccountSettings",
      "autoscaling:DescribeAdjustmentTypes",
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeAutoScalingInstances",
      "autoscaling:DescribeAutoScalingNotificationTypes",
      "autoscaling:DescribeInstanceRefreshes",
      "autoscaling:DescribeLaunchConfigurations",
      "autoscaling:DescribeLifecycleHookTypes",
      "autoscaling:DescribeLifecycleHooks",
      "autoscaling:DescribeLoadBalancerTargetGroups",
      "autoscaling:DescribeLoadBalancers",
      "autoscaling:DescribeMetricCollectionTypes",
      "autoscaling:DescribeNotificationConfigurations",
      "autoscaling:DescribePolicies",
      "autoscaling:DescribeScalingActivities",
      "autoscaling:DescribeScalingProcessTypes",
      "autoscaling:DescribeScheduledActions",
      "autoscaling:DescribeTags",
      "autoscaling:DescribeTerminationPolicyTypes",
      "autoscaling:DescribeTrafficSources",
      "autoscaling:DescribeWarmPool",
    ]

    resources = ["*"]
  }
}

resource "aws_iam_policy" "deployer_compute" {
  name        = "shop-default-deployer-compute"
  path        = "/skiff/default/principals/"
  description = "Applies shape: Auto Scaling"
  policy      = data.aws_iam_policy_document.deployer_compute.json
}

data "aws_iam_policy_document" "deployer_data" {
  statement {
    sid = "ShapeS3"

    actions = [
      "s3:CreateBucket",
      "s3:CreateBucketMetadataTableConfiguration",
      "s3:DeleteBucket",
      "s3:DeleteBucketMetadataTableConfiguration",
      "s3:DeleteBucketPolicy",
      "s3:DeleteBucketWebsite",
      "s3:DeleteObject",
      "s3:GetAccelerateConfiguration",
      "s3:GetAnalyticsConfiguration",
      "s3:GetBucketAbac",
      "s3:GetBucketAcl",
      "s3:GetBucketCORS",
      "s3:GetBucketLogging",
      "s3:GetBucketMetadataTableConfiguration",
      "s3:GetBucketNotification",
      "s3:GetBucketObjectLockConfiguration",
      "s3:GetBucketOwnershipControls",
      "s3:GetBucketPolicy",
      "s3:GetBucketPublicAccessBlock",
      "s3:GetBucketTagging",
      "s3:GetBucketVersioning",
      "s3:GetBucketWebsite",
      "s3:GetEncryptionConfiguration",
      "s3:GetIntelligentTieringConfiguration",
      "s3:GetInventoryConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetMetricsConfiguration",
      "s3:GetReplicationConfiguration",
      "s3:ListBucket",
      "s3:ListTagsForResource",
      "s3:PutAccelerateConfiguration",
      "s3:PutAnalyticsConfiguration",
      "s3:PutBucketAbac",
      "s3:PutBucketAcl",
      "s3:PutBucketCORS",
      "s3:PutBucketLogging",
      "s3:PutBucketNotification",
      "s3:PutBucketObjectLockConfiguration",
      "s3:PutBucketOwnershipControls",
      "s3:PutBucketPolicy",
      "s3:PutBucketPublicAccessBlock",
      "s3:PutBucketTagging",
      "s3:PutBucketVersioning",
      "s3:PutBucketWebsite",
      "s3:PutEncryptionConfiguration",
      "s3:PutIntelligentTieringConfiguration",
      "s3:PutInventoryConfiguration",
      "s3:PutLifecycleConfiguration",
      "s3:PutMetricsConfiguration",
      "s3:PutObject",
      "s3:PutObjectAcl",
      "s3:PutReplicationConfiguration",
      "s3:TagResource",
      "s3:UntagResource",
      "s3:UpdateBucketMetadataAnnotationTableConfiguration",
      "s3:UpdateBucketMetadataInventoryTableConfiguration",
      "s3:UpdateBucketMetadataJournalTableConfiguration",
    ]

    resources = ["arn:${local.partition}:s3:::shop-default-*"]
  }

  statement {
    sid       = "ShapeWithoutArns"
    actions   = ["s3:ListAllMyBuckets"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "deployer_data" {
  name        = "shop-default-deployer-data"
  path        = "/skiff/default/principals/"
  description = "Applies shape: databases, queues, buckets, secrets and backups"
  policy      = data.aws_iam_policy_document.deployer_data.json
}

data "aws_iam_policy_document" "deployer_identity" {
  statement {
    sid = "ShapeIam"

    actions = [
      "iam:AddRoleToInstanceProfile",
      "iam:CreateInstanceProfile",
      "iam:CreateRole",
      "iam:DeleteInstanceProfile",
      "iam:DeleteRole",
      "iam:DeleteRolePermissionsBoundary",
      "iam:DeleteRolePolicy",
      "iam:GetInstanceProfile",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:RemoveRoleFromInstanceProfile",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ]

    resources = [
      "arn:${local.partition}:iam::${local.account_id}:instance-profile/skiff/default/shop-default-*",
      "arn:${local.partition}:iam::${local.account_id}:policy/skiff/default/shop-default-*",
      "arn:${local.partition}:iam::${local.account_id}:role/skiff/default/shop-default-*",
    ]
  }

  statement {
    sid = "ShapeKms"

    actions = [
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:DescribeKey",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:EnableKey",
      "kms:EnableKeyRotation",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListResourceTags",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ]

    resources = [
      "arn:${local.partition}:kms:${local.region}:${local.account_id}:alias/shop-default-*",
      "arn:${local.partition}:kms:${local.region}:${local.account_id}:key/*",
    ]
  }

  statement {
    sid = "ShapeWithoutArns"

    actions = [
      "iam:ListInstanceProfiles",
      "iam:ListRoles",
      "kms:CreateKey",
      "kms:ListAliases",
      "kms:ListKeys",
    ]

    resources = ["*"]
  }

  statement {
    sid     = "PassRoles"
    actions = ["iam:PassRole"]

    resources = [
      "arn:${local.partition}:iam::${local.account_id}:role/skiff/default/shop-default-*",
    ]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"

      values = [
        "backup.amazonaws.com",
        "ec2.amazonaws.com",
        "monitoring.rds.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
      ]
    }
  }

  statement {
    sid       = "LinkedRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:${local.partition}:iam::${local.account_id}:role/aws-service-role/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"

      values = [
        "autoscaling.amazonaws.com",
        "backup.amazonaws.com",
        "elasticloadbalancing.amazonaws.com",
        "rds.amazonaws.com",
      ]
    }
  }

  statement {
    sid       = "NoSecretValues"
    effect    = "Deny"
    actions   = ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"]
    resources = ["*"]
  }

  statement {
    sid     = "AttachKnownPolicies"
    actions = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]

    resources = [
      "arn:${local.partition}:iam::${local.account_id}:role/skiff/default/shop-default-*",
    ]

    condition {
      test     = "ArnLike"
      variable = "iam:PolicyARN"

      values = [
        "arn:${local.partition}:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
        "arn:${local.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
        "arn:${local.partition}:iam::${local.account_id}:policy/skiff/default/shop-default-*",
      ]
    }
  }
}

resource "aws_iam_policy" "deployer_identity" {
  name        = "shop-default-deployer-identity"
  path        = "/skiff/default/principals/"
  description = "Applies shape: roles, policies and keys"
  policy      = data.aws_iam_policy_document.deployer_identity.json
}

data "aws_iam_policy_document" "deployer_ledger" {
  statement {
    sid = "CloudControl"

    actions = [
      "cloudformation:CancelResourceRequest",
      "cloudformation:CreateResource",
      "cloudformation:DeleteResource",
      "cloudformation:GetResource",
      "cloudformation:GetResourceRequestStatus",
      "cloudformation:ListResources",
      "cloudformation:UpdateResource",
    ]

    resources = ["*"]
  }

  statement {
    sid     = "LedgerRead"
    actions = ["s3:GetObject"]

    resources = [
      "${local.ledger_arn}/shop/default/*",
      "${local.ledger_arn}/artifacts/*",
      "${local.ledger_arn}/runner/*",
      "${local.ledger_arn}/trust/*",
    ]
  }

  statement {
    sid       = "LedgerList"
    actions   = ["s3:ListBucket"]
    resources = [local.ledger_arn]
  }

  statement {
    sid     = "LedgerWrite"
    actions = ["s3:PutObject"]

    resources = [
      "${local.ledger_arn}/shop/default/operations/*",
      "${local.ledger_arn}/shop/default/events/*",
      "${local.ledger_arn}/shop/default/idempotency/*",
      "${local.ledger_arn}/shop/default/shape/*",
    ]
  }
}

resource "aws_iam_policy" "deployer_ledger" {
  name        = "shop-default-deployer-ledger"
  path        = "/skiff/default/principals/"
  description = "Applies shape: Cloud Control, and records of what was applied"
  policy      = data.aws_iam_policy_document.deployer_ledger.json
}

data "aws_iam_policy_document" "deployer_network" {
  statement {
    sid = "ShapeEc2"

    actions = [
      "ec2:AssociateRouteTable",
      "ec2:AssociateSubnetCidrBlock",
      "ec2:AttachInternetGateway",
      "ec2:AttachVpnGateway",
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:CreateFlowLogs",
      "ec2:CreateInternetGateway",
      "ec2:CreateLaunchTemplate",
      "ec2:CreateLaunchTemplateVersion",
      "ec2:CreateRoute",
      "ec2:CreateRouteTable",
      "ec2:CreateSecurityGroup",
      "ec2:CreateSubnet",
      "ec2:CreateTags",
      "ec2:CreateVpc",
      "ec2:CreateVpcEncryptionControl",
      "ec2:CreateVpcEndpoint",
      "ec2:DeleteFlowLogs",
      "ec2:DeleteInternetGateway",
      "ec2:DeleteLaunchTemplate",
      "ec2:DeleteRoute",
      "ec2:DeleteRouteTable",
      "ec2:DeleteSecurityGroup",
      "ec2:DeleteSubnet",
      "ec2:DeleteTags",
      "ec2:DeleteVpc",
      "ec2:DeleteVpcEndpoints",
      "ec2:DescribeVolumeAttribute",
      "ec2:DescribeVpcAttribute",
      "ec2:DetachInternetGateway",
      "ec2:DetachVpnGateway",
      "ec2:DisassociateRouteTable",
      "ec2:DisassociateSubnetCidrBlock",
      "ec2:GetLaunchTemplateData",
      "ec2:GetVerifiedAccessInstanceWebAcl",
      "ec2:ModifySubnetAttribute",
      "ec2:ModifyVpcAttribute",
      "ec2:ModifyVpcEndpoint",
      "ec2:ModifyVpcTenancy",
      "ec2:ReplaceRoute",
      "ec2:ReplaceRouteTableAssociation",
      "ec2:RevokeSecurityGroupEgress",
      "ec2:RevokeSecurityGroupIngress",
      "ec2:RunInstances",
      "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
      "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
    ]

    resources = [
      "arn:${local.partition}:ec2:${local.region}:${local.account_id}:*",
      "arn:${local.partition}:ec2:${local.region}::image/*",
    ]
  }

  statement {
    sid = "ShapeWithoutArns"

    actions = [
      "ec2:DescribeAccountAttributes",
      "ec2:DescribeAddresses",
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeFlowLogs",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeInstances",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeIpamPools",
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:DescribeLaunchTemplates",
      "ec2:DescribeNatGateways",
      "ec2:DescribeNetworkAcls",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeRegions",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroupRules",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSnapshots",
      "ec2:DescribeSubnets",
      "ec2:DescribeTags",
      "ec2:DescribeVerifiedAccessInstanceWebAclAssociations",
      "ec2:DescribeVolumes",
      "ec2:DescribeVolumesModifications",
      "ec2:DescribeVpcEncryptionControls",
      "ec2:DescribeVpcEndpoints",
      "ec2:DescribeVpcs",
      "ec2:DescribeVpnGateways",
    ]

    resources = ["*"]
  }
}

resource "aws_iam_policy" "deployer_network" {
  name        = "shop-default-deployer-network"
  path        = "/skiff/default/principals/"
  description = "Applies shape: networks, security groups, launch templates and volumes"
  policy      = data.aws_iam_policy_document.deployer_network.json
}

data "aws_iam_policy_document" "deployer_observability" {
  statement {
    sid = "ShapeCloudwatch"

    actions = [
      "cloudwatch:DeleteAlarms",
      "cloudwatch:DescribeAlarms",
      "cloudwatch:ListTagsForResource",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ]

    resources = [
      "arn:${local.partition}:cloudwatch:${local.region}:${local.account_id}:alarm:shop-default-*",
    ]
  }

  statement {
    sid = "ShapeLogs"

    actions = [
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:DeleteDataProtectionPolicy",
      "logs:DeleteLogGroup",
      "logs:DeleteRetentionPolicy",
      "logs:DisassociateKmsKey",
      "logs:GetDataProtectionPolicy",
      "logs:ListTagsForResource",
      "logs:PutBearerTokenAuthentication",
      "logs:PutDataProtectionPolicy",
      "logs:PutLogGroupDeletionProtection",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ]

    resources = [
      "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/aws/rds/instance/shop-default-*",
      "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/skiff/shop-default-*",
    ]
  }

  statement {
    sid = "ShapeWithoutArns"

    actions = [
      "logs:CreateLogDelivery",
      "logs:DeleteIndexPolicy",
      "logs:DeleteLogDelivery",
      "logs:DeleteResourcePolicy",
      "logs:DescribeIndexPolicies",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:PutIndexPolicy",
      "logs:PutResourcePolicy",
    ]

    resources = ["*"]
  }
}

resource "aws_iam_policy" "deployer_observability" {
  name        = "shop-default-deployer-observability"
  path        = "/skiff/default/principals/"
  description = "Applies shape: alarms, logs and topics"
  policy      = data.aws_iam_policy_document.deployer_observability.json
}

data "aws_iam_policy_document" "deployer_traffic" {
  statement {
    sid = "ShapeElasticloadbalancing"

    actions = [
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:CreateLoadBalancer",
      "elasticloadbalancing:CreateRule",
      "elasticloadbalancing:CreateTargetGroup",
      "elasticloadbalancing:DeleteListener",
      "elasticloadbalancing:DeleteLoadBalancer",
      "elasticloadbalancing:DeleteRule",
      "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:DeregisterTargets",
      "elasticloadbalancing:ModifyCapacityReservation",
      "elasticloadbalancing:ModifyIpPools",
      "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyListenerAttributes",
      "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:ModifyRule",
      "elasticloadbalancing:ModifyTargetGroup",
      "elasticloadbalancing:ModifyTargetGroupAttributes",
      "elasticloadbalancing:RegisterTargets",
      "elasticloadbalancing:RemoveTags",
      "elasticloadbalancing:SetIpAddressType",
      "elasticloadbalancing:SetRulePriorities",
      "elasticloadbalancing:SetSecurityGroups",
      "elasticloadbalancing:SetSubnets",
    ]

    resources = [
      "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account_id}:listener-rule/app/shop-default-*",
      "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account_id}:listener/app/shop-default-*",
      "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account_id}:loadbalancer/app/shop-default-*",
      "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account_id}:targetgroup/shop-default-*",
    ]
  }

  statement {
    sid = "ShapeWithoutArns"

    actions = [
      "elasticloadbalancing:DescribeAccountLimits",
      "elasticloadbalancing:DescribeCapacityReservation",
      "elasticloadbalancing:DescribeInstanceHealth",
      "elasticloadbalancing:DescribeListenerAttributes",
      "elasticloadbalancing:DescribeListenerCertificates",
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeLoadBalancerAttributes",
      "elasticloadbalancing:DescribeLoadBalancerPolicies",
      "elasticloadbalancing:DescribeLoadBalancerPolicyTypes",
      "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeSSLPolicies",
      "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetGroupAttributes",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
      "elasticloadbalancing:DescribeTrustStoreAssociations",
      "elasticloadbalancing:DescribeTrustStoreRevocations",
      "elasticloadbalancing:DescribeTrustStores",
      "elasticloadbalancing:DescribeWebACLAssociation",
    ]

    resources = ["*"]
  }
}

resource "aws_iam_policy" "deployer_traffic" {
  name        = "shop-default-deployer-traffic"
  path        = "/skiff/default/principals/"
  description = "Applies shape: load balancers and names"
  policy      = data.aws_iam_policy_document.deployer_traffic.json
}

data "aws_iam_policy_document" "releaser" {
  statement {
    sid     = "Weights"
    actions = ["elasticloadbalancing:ModifyRule"]

    resources = [
      "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account_id}:listener-rule/app/shop-default-*",
    ]
  }

  statement {
    sid     = "Capacity"
    actions = ["autoscaling:SetDesiredCapacity", "autoscaling:UpdateAutoScalingGroup"]

    resources = [
      "arn:${local.partition}:autoscaling:${local.region}:${local.account_id}:autoScalingGroup:*:autoScalingGroupName/shop-default-*",
    ]
  }

  statement {
    sid = "Look"

    actions = [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeScalingActivities",
      "ec2:DescribeInstances",
      "ec2:DescribeLaunchTemplateVersions",
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ]

    resources = ["*"]
  }

  statement {
    sid     = "LookCloudwatch"
    actions = ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"]

    resources = [
      "arn:${local.partition}:cloudwatch:${local.region}:${local.account_id}:alarm:shop-default-*",
    ]
  }

  statement {
    sid     = "LedgerRead"
    actions = ["s3:GetObject"]

    resources = [
      "${local.ledger_arn}/shop/default/*",
      "${local.ledger_arn}/artifacts/*",
      "${local.ledger_arn}/runner/*",
      "${local.ledger_arn}/trust/*",
    ]
  }

  statement {
    sid       = "LedgerList"
    actions   = ["s3:ListBucket"]
    resources = [local.ledger_arn]
  }

  statement {
    sid     = "LedgerWrite"
    actions = ["s3:PutObject"]

    resources = [
      "${local.ledger_arn}/shop/default/services/*",
      "${local.ledger_arn}/shop/default/operations/*",
      "${local.ledger_arn}/shop/default/events/*",
      "${local.ledger_arn}/shop/default/idempotency/*",
    ]
  }

  statement {
    sid       = "Artifacts"
    actions   = ["s3:PutObject"]
    resources = ["${local.ledger_arn}/artifacts/*"]
  }
}

resource "aws_iam_policy" "releaser" {
  name        = "shop-default-releaser"
  path        = "/skiff/default/principals/"
  description = "Moves releases: assignments, weights, capacity"
  policy      = data.aws_iam_policy_document.releaser.json
}

data "aws_iam_policy_document" "operator" {
  statement {
    sid = "Look"

    actions = [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeScalingActivities",
      "ec2:DescribeInstances",
      "ec2:DescribeLaunchTemplateVersions",
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ]

    resources = ["*"]
  }

  statement {
    sid     = "LookCloudwatch"
    actions = ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"]

    resources = [
      "arn:${local.partition}:cloudwatch:${local.region}:${local.account_id}:alarm:shop-default-*",
    ]
  }

  statement {
    sid     = "ReadLogs"
    actions = ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"]

    resources = [
      "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/aws/rds/instance/shop-default-*",
      "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/skiff/shop-default-*",
    ]
  }

  statement {
    sid     = "LedgerRead"
    actions = ["s3:GetObject"]

    resources = [
      "${local.ledger_arn}/shop/default/*",
      "${local.ledger_arn}/artifacts/*",
      "${local.ledger_arn}/runner/*",
      "${local.ledger_arn}/trust/*",
    ]
  }

  statement {
    sid       = "LedgerList"
    actions   = ["s3:ListBucket"]
    resources = [local.ledger_arn]
  }

  statement {
    sid     = "LedgerWrite"
    actions = ["s3:PutObject"]

    resources = [
      "${local.ledger_arn}/shop/default/operations/*",
      "${local.ledger_arn}/shop/default/events/*",
      "${local.ledger_arn}/shop/default/idempotency/*",
    ]
  }
}

resource "aws_iam_policy" "operator" {
  name        = "shop-default-operator"
  path        = "/skiff/default/principals/"
  description = "Runs sagas and looks at everything"
  policy      = data.aws_iam_policy_document.operator.json
}
