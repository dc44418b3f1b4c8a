# Needs the provider and no account: `terraform init -backend=false`, then `terraform test`, with
# Terraform 1.11 or newer. Nothing is applied.
mock_provider "aws" {
  # An apply of the test could not be taken down again, because of `prevent_destroy`.
  override_during = plan

  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }

  mock_data "aws_kms_key" {
    defaults = {
      arn = "arn:aws:kms:eu-west-1:111122223333:key/mock"
    }
  }

  mock_data "aws_subnets" {
    defaults = {
      ids = ["subnet-0123456789abcdef0"]
    }
  }

  mock_data "aws_vpc" {
    defaults = {
      id = "vpc-0123456789abcdef0"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:111122223333:log-group:mock"
    }
  }

  mock_resource "aws_ebs_volume" {
    defaults = {
      arn = "arn:aws:ec2:eu-west-1:111122223333:volume/vol-0123456789abcdef0"
    }
  }

  mock_resource "aws_iam_instance_profile" {
    defaults = {
      arn = "arn:aws:iam::111122223333:instance-profile/mock"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::111122223333:role/mock"
    }
  }

  mock_resource "aws_launch_template" {
    defaults = {
      id = "lt-0123456789abcdef0"
    }
  }

  override_resource {
    target = aws_security_group.search

    values = {
      id = "sg-00000000000000000"
    }
  }
}

variables {
  ami_arm64         = "ami-0123456789abcdef0"
  runner_digest     = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  trust_root_digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
}

run "shape" {
  command = plan

  assert {
    condition = alltrue([
      local.account_id == "111122223333",
      local.region == "eu-west-1",
      local.partition == "aws",
    ])

    error_message = "account: this is for 111122223333 in eu-west-1."
  }

  assert {
    condition = alltrue([
      local.tags["skiff:app"] == "shop",
      local.tags["skiff:environment"] == "default",
      local.tags["skiff:service"] == "search",
      local.tags["team"] == "shop",
    ])

    error_message = "tags: every resource says whose it is."
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_log_group.search.retention_in_days == 90,
      aws_cloudwatch_log_group.search.kms_key_id == data.aws_kms_key.main.arn,
    ])

    error_message = "services.search: logs are kept for 90 days, encrypted."
  }

  assert {
    condition = alltrue([
      aws_iam_role.runtime.name == "shop-default-search-runtime",
      aws_iam_role.runtime.path == "/skiff/default/",
    ])

    error_message = "services.search: `shop-default-search-runtime` stands under the path that roles may be passed from."
  }

  assert {
    condition = alltrue([
      aws_ebs_volume.search.size == 50,
      aws_ebs_volume.search.type == "gp3",
      aws_ebs_volume.search.availability_zone == "eu-west-1a",
      aws_ebs_volume.search.encrypted == true,
      aws_ebs_volume.search.kms_key_id == data.aws_kms_key.main.arn,
    ])

    error_message = "services.search.volume: the volume has 50 GiB in eu-west-1a, encrypted."
  }

  assert {
    condition = alltrue([
      aws_backup_vault.search.name == "shop-default-search",
      aws_backup_vault.search.kms_key_arn == data.aws_kms_key.main.arn,
    ])

    error_message = "services.search.backup: backups are encrypted."
  }

  assert {
    condition = alltrue([
      one([for one in aws_backup_plan.search.rule : one.schedule if one.rule_name == "scheduled"]) == "cron(0 3 * * ? *)",
      one([for one in aws_backup_plan.search.rule : one.lifecycle[0].delete_after if one.rule_name == "scheduled"]) == 30,
    ])

    error_message = "services.search.backup: backups are made by `cron(0 3 * * ? *)` and kept for 30 days."
  }

  assert {
    condition = alltrue([
      aws_iam_role.backup.name == "shop-default-search-backup",
      aws_iam_role.backup.path == "/skiff/default/",
    ])

    error_message = "services.search.backup: `shop-default-search-backup` stands under the path that roles may be passed from."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_launch_template.search[key].instance_type == "t4g.micro",
      aws_launch_template.search[key].image_id == var.ami_arm64,
    ])])

    error_message = "services.search.size: members are t4g.micro from the image that is locked."
  }

  assert {
    condition     = alltrue([for key in ["a"] : aws_launch_template.search[key].network_interfaces[0].associate_public_ip_address == "false"])
    error_message = "services.search.size: members have no public address."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_launch_template.search[key].metadata_options[0].http_endpoint == "enabled",
      aws_launch_template.search[key].metadata_options[0].http_tokens == "required",
      aws_launch_template.search[key].metadata_options[0].http_put_response_hop_limit == 1,
      aws_launch_template.search[key].metadata_options[0].instance_metadata_tags == "disabled",
    ])])

    error_message = "services.search.size: the metadata service answers version 2 only, and no further than the member itself."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_launch_template.search[key].block_device_mappings[0].ebs[0].volume_type == "gp3",
      aws_launch_template.search[key].block_device_mappings[0].ebs[0].volume_size == 8,
      aws_launch_template.search[key].block_device_mappings[0].ebs[0].encrypted == "true",
      aws_launch_template.search[key].block_device_mappings[0].ebs[0].kms_key_id == data.aws_kms_key.main.arn,
      aws_launch_template.search[key].block_device_mappings[0].ebs[0].delete_on_termination == "true",
    ])])

    error_message = "services.search.size: the disk of a member has 8 GiB, is encrypted and goes with it."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      jsondecode(yamldecode(base64decode(aws_launch_template.search[key].user_data)).write_files[0].content).runner == var.runner_digest,
      jsondecode(yamldecode(base64decode(aws_launch_template.search[key].user_data)).write_files[0].content).trust_root == var.trust_root_digest,
      jsondecode(yamldecode(base64decode(aws_launch_template.search[key].user_data)).write_files[0].content).slot == key,
      jsondecode(yamldecode(base64decode(aws_launch_template.search[key].user_data)).write_files[0].content).health_port == 8079,
    ])])

    error_message = "services.search.size: members verify the runner and the release by pinned digests, and know their slot."
  }

  assert {
    condition     = alltrue([for key in ["a"] : aws_autoscaling_group.search[key].max_size == 1])
    error_message = "services.search.replicas: a slot grows to 1 members at most."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_autoscaling_group.search[key].min_size == 0,
      aws_autoscaling_group.search[key].desired_capacity == 0,
    ])])

    error_message = "services.search.replicas: a slot is empty when it is made; Skiff's runtime brings its members."
  }

  assert {
    condition     = alltrue([for key in ["a"] : aws_autoscaling_group.search[key].health_check_type == "EC2"])
    error_message = "services.search.replicas: readiness steers traffic and never replaces a member."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_autoscaling_group.search[key].health_check_grace_period == 300,
      aws_autoscaling_group.search[key].default_instance_warmup == 60,
    ])])

    error_message = "services.search.replicas: a member has the time to start before it counts."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      one([for one in aws_autoscaling_group.search[key].tag : one.value if one.key == "skiff:app"]) == "shop",
      one([for one in aws_autoscaling_group.search[key].tag : one.value if one.key == "skiff:environment"]) == "default",
      one([for one in aws_autoscaling_group.search[key].tag : one.value if one.key == "skiff:service"]) == "search",
      one([for one in aws_autoscaling_group.search[key].tag : one.value if one.key == "team"]) == "shop",
    ])])

    error_message = "services.search.replicas: the group says whose it is."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_autoscaling_lifecycle_hook.launch[key].lifecycle_transition == "autoscaling:EC2_INSTANCE_LAUNCHING",
      aws_autoscaling_lifecycle_hook.launch[key].default_result == "ABANDON",
      aws_autoscaling_lifecycle_hook.launch[key].heartbeat_timeout == 600,
    ])])

    error_message = "services.search: a member that cannot verify its release never serves."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_autoscaling_lifecycle_hook.terminate[key].lifecycle_transition == "autoscaling:EC2_INSTANCE_TERMINATING",
      aws_autoscaling_lifecycle_hook.terminate[key].default_result == "CONTINUE",
      aws_autoscaling_lifecycle_hook.terminate[key].heartbeat_timeout == 150,
    ])])

    error_message = "services.search.stop: a member that is to go has the time to finish its work."
  }

  assert {
    condition = alltrue([
      one([for one in aws_cloudwatch_metric_alarm.cpu.metric_query : one.metric[0].metric_name if one.id == "cpu_a"]) == "CPUUtilization",
      one([for one in aws_cloudwatch_metric_alarm.cpu.metric_query : one.metric[0].stat if one.id == "cpu_a"]) == "Average",
      one([for one in aws_cloudwatch_metric_alarm.cpu.metric_query : one.expression if one.id == "busiest"]) == "MAX([FILL(cpu_a, 0)])",
    ])

    error_message = "services.search.alarms: Members of search are busier than 90%: measured by these metrics."
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_metric_alarm.cpu.threshold == 90,
      aws_cloudwatch_metric_alarm.cpu.comparison_operator == "GreaterThanThreshold",
      aws_cloudwatch_metric_alarm.cpu.evaluation_periods == 15,
      aws_cloudwatch_metric_alarm.cpu.treat_missing_data == "notBreaching",
      aws_cloudwatch_metric_alarm.cpu.actions_enabled == true,
      aws_cloudwatch_metric_alarm.cpu.alarm_actions == toset(["arn:aws:sns:eu-west-1:111122223333:on-call"]),
    ])

    error_message = "services.search.alarms: Members of search are busier than 90%: somebody is told."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_egress_rule.search_to_anywhere_443.security_group_id == aws_security_group.search.id,
      aws_vpc_security_group_egress_rule.search_to_anywhere_443.cidr_ipv4 == "0.0.0.0/0",
      aws_vpc_security_group_egress_rule.search_to_anywhere_443.prefix_list_id == null,
      aws_vpc_security_group_egress_rule.search_to_anywhere_443.referenced_security_group_id == null,
      aws_vpc_security_group_egress_rule.search_to_anywhere_443.ip_protocol == "tcp",
      aws_vpc_security_group_egress_rule.search_to_anywhere_443.from_port == 443,
      aws_vpc_security_group_egress_rule.search_to_anywhere_443.to_port == 443,
    ])

    error_message = "services.search: HTTPS by the NAT gateway: port 443 leads to 0.0.0.0/0 alone."
  }
}

run "refuses_ami_arm64" {
  command         = plan
  expect_failures = [var.ami_arm64]

  variables {
    ami_arm64 = "latest"
  }
}

run "refuses_runner_digest" {
  command         = plan
  expect_failures = [var.runner_digest]

  variables {
    runner_digest = "v1.4.2"
  }
}

run "refuses_trust_root_digest" {
  command         = plan
  expect_failures = [var.trust_root_digest]

  variables {
    trust_root_digest = "v1.4.2"
  }
}
