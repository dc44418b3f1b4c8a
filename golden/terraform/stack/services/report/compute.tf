# From `services.report.size`.
resource "aws_launch_template" "report" {
  for_each = local.slots

  name          = "shop-default-report-${each.key}"
  image_id      = var.ami_arm64
  instance_type = "t4g.micro"
  ebs_optimized = true

  user_data = base64encode(<<-EOT
    #cloud-config
    # What the runner of this member must know. It holds places and digests, no secrets: the release is read from the
    # ledger and verified against the trust root before anything is started.
    write_files:
      - path: /etc/skiff/runner.json
        permissions: "0444"
        content: |
          {
            "app": "shop",
            "architecture": "arm64",
            "environment": "default",
            "health_port": 8079,
            "log_group": "/skiff/shop-default-report",
            "region": "eu-west-1",
            "runner": "${var.runner_digest}",
            "schema": "skiff.dev/member/v1",
            "service": "report",
            "slot": "${each.key}",
            "state_root": "s3://skiff-111122223333-eu-west-1",
            "trust_root": "${var.trust_root_digest}",
            "workload_role": "shop-default-report-workload"
          }
    runcmd:
      - [systemctl, enable, --now, skiff-runner.service]
  EOT
  )

  tags = {
    Name = "shop-default-report-${each.key}"
  }

  iam_instance_profile {
    arn = aws_iam_instance_profile.report.arn
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 8
      encrypted             = true
      kms_key_id            = data.aws_kms_key.main.arn
      delete_on_termination = true
    }
  }

  network_interfaces {
    device_index                = 0
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = [aws_security_group.report.id]
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_put_response_hop_limit = 1
    http_tokens                 = "required"
    instance_metadata_tags      = "disabled"
  }

  monitoring {
    enabled = true
  }

  tag_specifications {
    resource_type = "instance"

    tags = merge(local.tags, {
      Name = "shop-default-report-${each.key}"
    })
  }

  tag_specifications {
    resource_type = "volume"

    tags = merge(local.tags, {
      Name = "shop-default-report-${each.key}"
    })
  }

  tag_specifications {
    resource_type = "network-interface"

    tags = merge(local.tags, {
      Name = "shop-default-report-${each.key}"
    })
  }
}

# From `services.report.replicas`.
resource "aws_autoscaling_group" "report" {
  for_each = local.slots

  name                      = "shop-default-report-${each.key}"
  max_size                  = 1
  min_size                  = 0
  desired_capacity          = 0
  vpc_zone_identifier       = data.aws_subnets.private.ids
  health_check_type         = "EC2"
  health_check_grace_period = 300
  default_instance_warmup   = 60
  capacity_rebalance        = false
  termination_policies      = ["OldestLaunchTemplate", "Default"]
  metrics_granularity       = "1Minute"

  enabled_metrics = [
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
  ]

  launch_template {
    id      = aws_launch_template.report[each.key].id
    version = aws_launch_template.report[each.key].latest_version
  }

  tag {
    key                 = "Name"
    value               = "shop-default/report.auto_scaling_group.${each.key}"
    propagate_at_launch = false
  }

  tag {
    key                 = "skiff:app"
    value               = "shop"
    propagate_at_launch = false
  }

  tag {
    key                 = "skiff:environment"
    value               = "default"
    propagate_at_launch = false
  }

  tag {
    key                 = "skiff:service"
    value               = "report"
    propagate_at_launch = false
  }

  tag {
    key                 = "team"
    value               = "shop"
    propagate_at_launch = false
  }

  lifecycle {
    ignore_changes = [
      # Skiff's runtime owns how many members a slot needs now; the idle slot has none.
      min_size,
      desired_capacity,
      # Skiff's runtime moves a slot to a new template version while the slot is idle.
      launch_template[0].version,
    ]
  }
}

# From `services.report.schedule`.
resource "aws_autoscaling_schedule" "report" {
  scheduled_action_name  = "schedule"
  autoscaling_group_name = aws_autoscaling_group.report["a"].name
  recurrence             = "0 3 * * *"
  time_zone              = "Etc/UTC"
  desired_capacity       = 1

  # -1 leaves a bound as it is; the provider's default would set it to 0.
  min_size = -1
  max_size = -1
}

# A member serves only after its runner has verified the release and said so.
resource "aws_autoscaling_lifecycle_hook" "launch" {
  for_each = local.slots

  name                   = "shop-default-report-${each.key}-launch"
  autoscaling_group_name = aws_autoscaling_group.report[each.key].name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_LAUNCHING"
  default_result         = "ABANDON"
  heartbeat_timeout      = 600
}

# A member that goes gets the time to finish its work; it goes in any case when that is over. From
# `services.report.stop`.
resource "aws_autoscaling_lifecycle_hook" "terminate" {
  for_each = local.slots

  name                   = "shop-default-report-${each.key}-terminate"
  autoscaling_group_name = aws_autoscaling_group.report[each.key].name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  default_result         = "CONTINUE"
  heartbeat_timeout      = 150
}
