# Needs the provider and no account: `terraform init -backend=false`, then `terraform test`, with
# Terraform 1.11 or newer. Nothing is applied.
mock_provider "aws" {
  # An apply of the test could not be taken down again, because of `prevent_destroy`.
  override_during = plan

  mock_data "aws_db_instance" {
    defaults = {
      master_user_secret = [
        {
          kms_key_id    = "arn:aws:kms:eu-west-1:111122223333:key/mock"
          secret_arn    = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mock"
          secret_status = "active"
        },
      ]
    }
  }

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

  override_data {
    target = data.aws_security_group.orders

    values = {
      id = "sg-00000000000000000"
    }
  }

  override_resource {
    target = aws_security_group.report

    values = {
      id = "sg-00000000000000001"
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
      local.tags["skiff:service"] == "report",
      local.tags["team"] == "shop",
    ])

    error_message = "tags: every resource says whose it is."
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_log_group.report.retention_in_days == 90,
      aws_cloudwatch_log_group.report.kms_key_id == data.aws_kms_key.main.arn,
    ])

    error_message = "services.report: logs are kept for 90 days, encrypted."
  }

  assert {
    condition = alltrue([
      aws_iam_role.runtime.name == "shop-default-report-runtime",
      aws_iam_role.runtime.path == "/skiff/default/",
    ])

    error_message = "services.report: `shop-default-report-runtime` stands under the path that roles may be passed from."
  }

  assert {
    condition = alltrue([
      aws_iam_role.workload.name == "shop-default-report-workload",
      aws_iam_role.workload.path == "/skiff/default/",
    ])

    error_message = "services.report: `shop-default-report-workload` stands under the path that roles may be passed from."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_launch_template.report[key].instance_type == "t4g.micro",
      aws_launch_template.report[key].image_id == var.ami_arm64,
    ])])

    error_message = "services.report.size: members are t4g.micro from the image that is locked."
  }

  assert {
    condition     = alltrue([for key in ["a"] : aws_launch_template.report[key].network_interfaces[0].associate_public_ip_address == "false"])
    error_message = "services.report.size: members have no public address."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_launch_template.report[key].metadata_options[0].http_endpoint == "enabled",
      aws_launch_template.report[key].metadata_options[0].http_tokens == "required",
      aws_launch_template.report[key].metadata_options[0].http_put_response_hop_limit == 1,
      aws_launch_template.report[key].metadata_options[0].instance_metadata_tags == "disabled",
    ])])

    error_message = "services.report.size: the metadata service answers version 2 only, and no further than the member itself."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_launch_template.report[key].block_device_mappings[0].ebs[0].volume_type == "gp3",
      aws_launch_template.report[key].block_device_mappings[0].ebs[0].volume_size == 8,
      aws_launch_template.report[key].block_device_mappings[0].ebs[0].encrypted == "true",
      aws_launch_template.report[key].block_device_mappings[0].ebs[0].kms_key_id == data.aws_kms_key.main.arn,
      aws_launch_template.report[key].block_device_mappings[0].ebs[0].delete_on_termination == "true",
    ])])

    error_message = "services.report.size: the disk of a member has 8 GiB, is encrypted and goes with it."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      jsondecode(yamldecode(base64decode(aws_launch_template.report[key].user_data)).write_files[0].content).runner == var.runner_digest,
      jsondecode(yamldecode(base64decode(aws_launch_template.report[key].user_data)).write_files[0].content).trust_root == var.trust_root_digest,
      jsondecode(yamldecode(base64decode(aws_launch_template.report[key].user_data)).write_files[0].content).slot == key,
      jsondecode(yamldecode(base64decode(aws_launch_template.report[key].user_data)).write_files[0].content).health_port == 8079,
    ])])

    error_message = "services.report.size: members verify the runner and the release by pinned digests, and know their slot."
  }

  assert {
    condition     = alltrue([for key in ["a"] : aws_autoscaling_group.report[key].max_size == 1])
    error_message = "services.report.replicas: a slot grows to 1 members at most."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_autoscaling_group.report[key].min_size == 0,
      aws_autoscaling_group.report[key].desired_capacity == 0,
    ])])

    error_message = "services.report.replicas: a slot is empty when it is made; Skiff's runtime brings its members."
  }

  assert {
    condition     = alltrue([for key in ["a"] : aws_autoscaling_group.report[key].health_check_type == "EC2"])
    error_message = "services.report.replicas: readiness steers traffic and never replaces a member."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_autoscaling_group.report[key].health_check_grace_period == 300,
      aws_autoscaling_group.report[key].default_instance_warmup == 60,
    ])])

    error_message = "services.report.replicas: a member has the time to start before it counts."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      one([for one in aws_autoscaling_group.report[key].tag : one.value if one.key == "skiff:app"]) == "shop",
      one([for one in aws_autoscaling_group.report[key].tag : one.value if one.key == "skiff:environment"]) == "default",
      one([for one in aws_autoscaling_group.report[key].tag : one.value if one.key == "skiff:service"]) == "report",
      one([for one in aws_autoscaling_group.report[key].tag : one.value if one.key == "team"]) == "shop",
    ])])

    error_message = "services.report.replicas: the group says whose it is."
  }

  assert {
    condition = alltrue([
      aws_autoscaling_schedule.report.recurrence == "0 3 * * *",
      aws_autoscaling_schedule.report.time_zone == "Etc/UTC",
      aws_autoscaling_schedule.report.desired_capacity == 1,
    ])

    error_message = "services.report.schedule: it starts by the schedule `0 3 * * *` (Etc/UTC)."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_autoscaling_lifecycle_hook.launch[key].lifecycle_transition == "autoscaling:EC2_INSTANCE_LAUNCHING",
      aws_autoscaling_lifecycle_hook.launch[key].default_result == "ABANDON",
      aws_autoscaling_lifecycle_hook.launch[key].heartbeat_timeout == 600,
    ])])

    error_message = "services.report: a member that cannot verify its release never serves."
  }

  assert {
    condition = alltrue([for key in ["a"] : alltrue([
      aws_autoscaling_lifecycle_hook.terminate[key].lifecycle_transition == "autoscaling:EC2_INSTANCE_TERMINATING",
      aws_autoscaling_lifecycle_hook.terminate[key].default_result == "CONTINUE",
      aws_autoscaling_lifecycle_hook.terminate[key].heartbeat_timeout == 150,
    ])])

    error_message = "services.report.stop: a member that is to go has the time to finish its work."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_egress_rule.report_to_anywhere_443.security_group_id == aws_security_group.report.id,
      aws_vpc_security_group_egress_rule.report_to_anywhere_443.cidr_ipv4 == "0.0.0.0/0",
      aws_vpc_security_group_egress_rule.report_to_anywhere_443.prefix_list_id == null,
      aws_vpc_security_group_egress_rule.report_to_anywhere_443.referenced_security_group_id == null,
      aws_vpc_security_group_egress_rule.report_to_anywhere_443.ip_protocol == "tcp",
      aws_vpc_security_group_egress_rule.report_to_anywhere_443.from_port == 443,
      aws_vpc_security_group_egress_rule.report_to_anywhere_443.to_port == 443,
    ])

    error_message = "services.report: HTTPS by the NAT gateway: port 443 leads to 0.0.0.0/0 alone."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_ingress_rule.orders_from_report_5432.security_group_id == data.aws_security_group.orders.id,
      aws_vpc_security_group_ingress_rule.orders_from_report_5432.cidr_ipv4 == null,
      aws_vpc_security_group_ingress_rule.orders_from_report_5432.referenced_security_group_id == aws_security_group.report.id,
      aws_vpc_security_group_ingress_rule.orders_from_report_5432.ip_protocol == "tcp",
      aws_vpc_security_group_ingress_rule.orders_from_report_5432.from_port == 5432,
      aws_vpc_security_group_ingress_rule.orders_from_report_5432.to_port == 5432,
    ])

    error_message = "services.report.uses: Database orders: port 5432 is open to one security group alone."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_egress_rule.report_to_orders_5432.security_group_id == aws_security_group.report.id,
      aws_vpc_security_group_egress_rule.report_to_orders_5432.cidr_ipv4 == null,
      aws_vpc_security_group_egress_rule.report_to_orders_5432.prefix_list_id == null,
      aws_vpc_security_group_egress_rule.report_to_orders_5432.referenced_security_group_id == data.aws_security_group.orders.id,
      aws_vpc_security_group_egress_rule.report_to_orders_5432.ip_protocol == "tcp",
      aws_vpc_security_group_egress_rule.report_to_orders_5432.from_port == 5432,
      aws_vpc_security_group_egress_rule.report_to_orders_5432.to_port == 5432,
    ])

    error_message = "services.report.uses: Database orders: port 5432 leads to one security group alone."
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
