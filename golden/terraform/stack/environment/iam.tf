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

data "aws_iam_policy_document" "database_monitoring_assume_role" {
  statement {
    sid     = "AssumeRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}

resource "aws_iam_role" "database_monitoring" {
  name                 = "shop-default-rds-monitoring"
  path                 = "/skiff/default/"
  description          = "Lets RDS publish enhanced monitoring"
  assume_role_policy   = data.aws_iam_policy_document.database_monitoring_assume_role.json
  max_session_duration = 3600

  tags = {
    Name = "shop-default/environment.database_monitoring_role"
  }
}

resource "aws_iam_role_policy_attachment" "database_monitoring" {
  role       = aws_iam_role.database_monitoring.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
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
      "autoscaling:DeletePolicy",
      "autoscaling:DeleteScheduledAction",
      "autoscaling:DeleteTags",
      "autoscaling:DetachLoadBalancerTargetGroups",
      "autoscaling:DetachLoadBalancers",
      "autoscaling:DetachTrafficSources",
      "autoscaling:DisableMetricsCollection",
      "autoscaling:EnableMetricsCollection",
      "autoscaling:PutLifecycleHook",
      "autoscaling:PutNotificationConfiguration",
      "autoscaling:PutScalingPolicy",
      "autoscaling:PutScheduledUpdateGroupAction",
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
    sid = "ShapeBackup"

    actions = [
      "backup:CreateBackupPlan",
      "backup:CreateBackupSelection",
      "backup:CreateBackupVault",
      "backup:DeleteBackupPlan",
      "backup:DeleteBackupSelection",
      "backup:DeleteBackupVault",
      "backup:DeleteBackupVaultAccessPolicy",
      "backup:DeleteBackupVaultLockConfiguration",
      "backup:DeleteBackupVaultNotifications",
      "backup:DescribeBackupVault",
      "backup:GetBackupPlan",
      "backup:GetBackupSelection",
      "backup:GetBackupVaultAccessPolicy",
      "backup:GetBackupVaultNotifications",
      "backup:ListBackupSelections",
      "backup:ListTags",
      "backup:PutBackupVaultAccessPolicy",
      "backup:PutBackupVaultLockConfiguration",
      "backup:PutBackupVaultNotifications",
      "backup:TagResource",
      "backup:UntagResource",
      "backup:UpdateBackupPlan",
    ]

    resources = [
      "arn:${local.partition}:backup:${local.region}:${local.account_id}:backup-plan:*",
      "arn:${local.partition}:backup:${local.region}:${local.account_id}:backup-vault:shop-default-*",
    ]
  }

  statement {
    sid = "ShapeRds"

    actions = [
      "rds:AddRoleToDBInstance",
      "rds:AddTagsToResource",
      "rds:CreateDBInstance",
      "rds:CreateDBInstanceReadReplica",
      "rds:CreateDBParameterGroup",
      "rds:CreateDBSnapshot",
      "rds:CreateDBSubnetGroup",
      "rds:DeleteDBInstance",
      "rds:DeleteDBParameterGroup",
      "rds:DeleteDBSubnetGroup",
      "rds:DescribeDBClusterSnapshots",
      "rds:DescribeDBClusters",
      "rds:DescribeDBInstanceAutomatedBackups",
      "rds:DescribeDBInstances",
      "rds:DescribeDBParameterGroups",
      "rds:DescribeDBParameters",
      "rds:DescribeDBSnapshots",
      "rds:DescribeDBSubnetGroups",
      "rds:ListTagsForResource",
      "rds:ModifyDBInstance",
      "rds:ModifyDBParameterGroup",
      "rds:ModifyDBSubnetGroup",
      "rds:PromoteReadReplica",
      "rds:RebootDBInstance",
      "rds:RemoveRoleFromDBInstance",
      "rds:RemoveTagsFromResource",
      "rds:ResetDBParameterGroup",
      "rds:RestoreDBInstanceFromDBSnapshot",
      "rds:RestoreDBInstanceToPointInTime",
      "rds:StartDBInstanceAutomatedBackupsReplication",
      "rds:StopDBInstanceAutomatedBackupsReplication",
    ]

    resources = [
      "arn:${local.partition}:rds:${local.region}:${local.account_id}:db:shop-default-*",
      "arn:${local.partition}:rds:${local.region}:${local.account_id}:og:default*",
      "arn:${local.partition}:rds:${local.region}:${local.account_id}:pg:shop-default-*",
      "arn:${local.partition}:rds:${local.region}:${local.account_id}:snapshot:shop-default-*",
      "arn:${local.partition}:rds:${local.region}:${local.account_id}:subgrp:shop-default-*",
    ]
  }

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

    resources = ["arn:${local.partition}:s3:::shop-default-*", aws_s3_bucket.state.arn]
  }

  statement {
    sid = "ShapeSecretsmanager"

    actions = [
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteSecret",
      "secretsmanager:DescribeSecret",
      "secretsmanager:RemoveRegionsFromReplication",
      "secretsmanager:ReplicateSecretToRegions",
      "secretsmanager:TagResource",
      "secretsmanager:UntagResource",
      "secretsmanager:UpdateSecret",
    ]

    resources = [
      "arn:${local.partition}:secretsmanager:${local.region}:${local.account_id}:secret:shop-default-*",
    ]
  }

  statement {
    sid = "ShapeSqs"

    actions = [
      "sqs:CreateQueue",
      "sqs:DeleteQueue",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ListQueueTags",
      "sqs:SetQueueAttributes",
      "sqs:TagQueue",
      "sqs:UntagQueue",
    ]

    resources = [
      "arn:${local.partition}:sqs:${local.region}:${local.account_id}:shop-default-*",
    ]
  }

  statement {
    sid = "ShapeWithoutArns"

    actions = [
      "backup:ListBackupPlans",
      "backup:ListBackupVaults",
      "rds:DescribeDBEngineVersions",
      "rds:DescribeEngineDefaultParameters",
      "rds:DescribeEvents",
      "s3:ListAllMyBuckets",
      "secretsmanager:GetRandomPassword",
      "secretsmanager:ListSecrets",
      "sqs:ListQueues",
    ]

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
      "kms:CreateGrant",
      "kms:Decrypt",
      "kms:DeleteAlias",
      "kms:DescribeKey",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:EnableKey",
      "kms:EnableKeyRotation",
      "kms:GenerateDataKey",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListResourceTags",
      "kms:PutKeyPolicy",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
      "kms:RetireGrant",
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
      "${aws_s3_bucket.state.arn}/shop/default/*",
      "${aws_s3_bucket.state.arn}/artifacts/*",
      "${aws_s3_bucket.state.arn}/runner/*",
      "${aws_s3_bucket.state.arn}/trust/*",
    ]
  }

  statement {
    sid       = "LedgerList"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.state.arn]
  }

  statement {
    sid     = "LedgerWrite"
    actions = ["s3:PutObject"]

    resources = [
      "${aws_s3_bucket.state.arn}/shop/default/operations/*",
      "${aws_s3_bucket.state.arn}/shop/default/events/*",
      "${aws_s3_bucket.state.arn}/shop/default/idempotency/*",
      "${aws_s3_bucket.state.arn}/shop/default/shape/*",
    ]
  }

  statement {
    sid       = "KeyOfLedger"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.eu-west-1.amazonaws.com"]
    }
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
      "ec2:AcceptAddressTransfer",
      "ec2:AllocateAddress",
      "ec2:AssignPrivateNatGatewayAddress",
      "ec2:AssociateAddress",
      "ec2:AssociateNatGatewayAddress",
      "ec2:AssociateRouteTable",
      "ec2:AssociateSubnetCidrBlock",
      "ec2:AttachInternetGateway",
      "ec2:AttachVpnGateway",
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:CopyVolumes",
      "ec2:CreateFlowLogs",
      "ec2:CreateInternetGateway",
      "ec2:CreateLaunchTemplate",
      "ec2:CreateLaunchTemplateVersion",
      "ec2:CreateNatGateway",
      "ec2:CreateRoute",
      "ec2:CreateRouteTable",
      "ec2:CreateSecurityGroup",
      "ec2:CreateSnapshot",
      "ec2:CreateSubnet",
      "ec2:CreateTags",
      "ec2:CreateVolume",
      "ec2:CreateVpc",
      "ec2:CreateVpcEncryptionControl",
      "ec2:CreateVpcEndpoint",
      "ec2:DeleteFlowLogs",
      "ec2:DeleteInternetGateway",
      "ec2:DeleteLaunchTemplate",
      "ec2:DeleteNatGateway",
      "ec2:DeleteRoute",
      "ec2:DeleteRouteTable",
      "ec2:DeleteSecurityGroup",
      "ec2:DeleteSubnet",
      "ec2:DeleteTags",
      "ec2:DeleteVolume",
      "ec2:DeleteVpc",
      "ec2:DeleteVpcEndpoints",
      "ec2:DescribeVolumeAttribute",
      "ec2:DescribeVpcAttribute",
      "ec2:DetachInternetGateway",
      "ec2:DetachVpnGateway",
      "ec2:DisassociateAddress",
      "ec2:DisassociateNatGatewayAddress",
      "ec2:DisassociateRouteTable",
      "ec2:DisassociateSubnetCidrBlock",
      "ec2:GetLaunchTemplateData",
      "ec2:GetVerifiedAccessInstanceWebAcl",
      "ec2:ModifySubnetAttribute",
      "ec2:ModifyVolume",
      "ec2:ModifyVolumeAttribute",
      "ec2:ModifyVpcAttribute",
      "ec2:ModifyVpcEndpoint",
      "ec2:ModifyVpcTenancy",
      "ec2:ReleaseAddress",
      "ec2:ReplaceRoute",
      "ec2:ReplaceRouteTableAssociation",
      "ec2:RevokeSecurityGroupEgress",
      "ec2:RevokeSecurityGroupIngress",
      "ec2:RunInstances",
      "ec2:UnassignPrivateNatGatewayAddress",
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
      "cloudwatch:GetMetricData",
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
    sid = "ShapeRoute53"

    actions = [
      "route53:ChangeResourceRecordSets",
      "route53:GetChange",
      "route53:GetHostedZone",
      "route53:ListResourceRecordSets",
    ]

    resources = [
      "arn:${local.partition}:route53:::change/*",
      "arn:${local.partition}:route53:::hostedzone/*",
    ]
  }

  statement {
    sid = "ShapeServicediscovery"

    actions = [
      "servicediscovery:CreateService",
      "servicediscovery:DeleteNamespace",
      "servicediscovery:DeleteService",
      "servicediscovery:DeleteServiceAttributes",
      "servicediscovery:GetNamespace",
      "servicediscovery:GetOperation",
      "servicediscovery:GetService",
      "servicediscovery:GetServiceAttributes",
      "servicediscovery:UpdatePrivateDnsNamespace",
      "servicediscovery:UpdateService",
      "servicediscovery:UpdateServiceAttributes",
    ]

    resources = [
      "arn:${local.partition}:servicediscovery:${local.region}:${local.account_id}:namespace/*",
      "arn:${local.partition}:servicediscovery:${local.region}:${local.account_id}:service/*",
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
      "route53:CreateHostedZone",
      "route53:ListHostedZones",
      "route53:ListHostedZonesByName",
      "servicediscovery:CreatePrivateDnsNamespace",
      "servicediscovery:ListNamespaces",
      "servicediscovery:ListServices",
      "servicediscovery:ListTagsForResource",
      "servicediscovery:TagResource",
      "servicediscovery:UntagResource",
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

data "aws_iam_policy_document" "deployer_assume_role" {
  statement {
    sid     = "AssumeRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:role/ci-apply"]
    }
  }
}

resource "aws_iam_role" "deployer" {
  name                 = "shop-default-deployer"
  path                 = "/skiff/default/principals/"
  description          = "Applies shape: creates, changes and removes resources"
  assume_role_policy   = data.aws_iam_policy_document.deployer_assume_role.json
  max_session_duration = 3600

  tags = {
    Name = "shop-default/environment.role.deployer"
  }
}

resource "aws_iam_role_policy_attachment" "deployer_compute" {
  role       = aws_iam_role.deployer.name
  policy_arn = aws_iam_policy.deployer_compute.arn
}

resource "aws_iam_role_policy_attachment" "deployer_data" {
  role       = aws_iam_role.deployer.name
  policy_arn = aws_iam_policy.deployer_data.arn
}

resource "aws_iam_role_policy_attachment" "deployer_identity" {
  role       = aws_iam_role.deployer.name
  policy_arn = aws_iam_policy.deployer_identity.arn
}

resource "aws_iam_role_policy_attachment" "deployer_ledger" {
  role       = aws_iam_role.deployer.name
  policy_arn = aws_iam_policy.deployer_ledger.arn
}

resource "aws_iam_role_policy_attachment" "deployer_network" {
  role       = aws_iam_role.deployer.name
  policy_arn = aws_iam_policy.deployer_network.arn
}

resource "aws_iam_role_policy_attachment" "deployer_observability" {
  role       = aws_iam_role.deployer.name
  policy_arn = aws_iam_policy.deployer_observability.arn
}

resource "aws_iam_role_policy_attachment" "deployer_traffic" {
  role       = aws_iam_role.deployer.name
  policy_arn = aws_iam_policy.deployer_traffic.arn
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
      "${aws_s3_bucket.state.arn}/shop/default/*",
      "${aws_s3_bucket.state.arn}/artifacts/*",
      "${aws_s3_bucket.state.arn}/runner/*",
      "${aws_s3_bucket.state.arn}/trust/*",
    ]
  }

  statement {
    sid       = "LedgerList"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.state.arn]
  }

  statement {
    sid     = "LedgerWrite"
    actions = ["s3:PutObject"]

    resources = [
      "${aws_s3_bucket.state.arn}/shop/default/services/*",
      "${aws_s3_bucket.state.arn}/shop/default/operations/*",
      "${aws_s3_bucket.state.arn}/shop/default/events/*",
      "${aws_s3_bucket.state.arn}/shop/default/idempotency/*",
    ]
  }

  statement {
    sid       = "KeyOfLedger"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.eu-west-1.amazonaws.com"]
    }
  }

  statement {
    sid       = "Artifacts"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.state.arn}/artifacts/*"]
  }
}

resource "aws_iam_policy" "releaser" {
  name        = "shop-default-releaser"
  path        = "/skiff/default/principals/"
  description = "Moves releases: assignments, weights, capacity"
  policy      = data.aws_iam_policy_document.releaser.json
}

data "aws_iam_policy_document" "releaser_assume_role" {
  statement {
    sid     = "AssumeRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:role/ci-deploy"]
    }
  }
}

resource "aws_iam_role" "releaser" {
  name                 = "shop-default-releaser"
  path                 = "/skiff/default/principals/"
  description          = "Moves releases: assignments, weights, capacity"
  assume_role_policy   = data.aws_iam_policy_document.releaser_assume_role.json
  max_session_duration = 3600

  tags = {
    Name = "shop-default/environment.role.releaser"
  }
}

resource "aws_iam_role_policy_attachment" "releaser" {
  role       = aws_iam_role.releaser.name
  policy_arn = aws_iam_policy.releaser.arn
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
      "${aws_s3_bucket.state.arn}/shop/default/*",
      "${aws_s3_bucket.state.arn}/artifacts/*",
      "${aws_s3_bucket.state.arn}/runner/*",
      "${aws_s3_bucket.state.arn}/trust/*",
    ]
  }

  statement {
    sid       = "LedgerList"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.state.arn]
  }

  statement {
    sid     = "LedgerWrite"
    actions = ["s3:PutObject"]

    resources = [
      "${aws_s3_bucket.state.arn}/shop/default/operations/*",
      "${aws_s3_bucket.state.arn}/shop/default/events/*",
      "${aws_s3_bucket.state.arn}/shop/default/idempotency/*",
    ]
  }

  statement {
    sid       = "KeyOfLedger"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.eu-west-1.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "operator" {
  name        = "shop-default-operator"
  path        = "/skiff/default/principals/"
  description = "Runs sagas and looks at everything"
  policy      = data.aws_iam_policy_document.operator.json
}

data "aws_iam_policy_document" "operator_assume_role" {
  statement {
    sid     = "AssumeRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:role/on-call"]
    }
  }
}

resource "aws_iam_role" "operator" {
  name                 = "shop-default-operator"
  path                 = "/skiff/default/principals/"
  description          = "Runs sagas and looks at everything"
  assume_role_policy   = data.aws_iam_policy_document.operator_assume_role.json
  max_session_duration = 3600

  tags = {
    Name = "shop-default/environment.role.operator"
  }
}

resource "aws_iam_role_policy_attachment" "operator" {
  role       = aws_iam_role.operator.name
  policy_arn = aws_iam_policy.operator.arn
}
