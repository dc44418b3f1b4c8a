# Made by environment: `aws_kms_key.main`.
data "aws_kms_key" "main" {
  key_id = "alias/shop-default-key"
}

# The member attaches it by itself, before it starts the workload. From `services.search.volume`.
resource "aws_ebs_volume" "search" {
  availability_zone = "eu-west-1a"
  type              = "gp3"
  size              = 50
  iops              = 3000
  throughput        = 125
  encrypted         = true
  kms_key_id        = data.aws_kms_key.main.arn

  tags = {
    Name = "shop-default/search.volume"
  }

  lifecycle {
    # Its data goes with it.
    prevent_destroy = true
  }
}

# From `services.search.backup`.
resource "aws_backup_vault" "search" {
  name        = "shop-default-search"
  kms_key_arn = data.aws_kms_key.main.arn

  tags = {
    Name = "shop-default/search.backup_vault"
  }

  lifecycle {
    # Its data goes with it.
    prevent_destroy = true
  }
}

resource "aws_backup_plan" "search" {
  name = "shop-default-search"

  tags = {
    Name = "shop-default/search.backup_plan"
  }

  rule {
    rule_name         = "scheduled"
    target_vault_name = aws_backup_vault.search.name
    schedule          = "cron(0 3 * * ? *)"
    start_window      = 480
    completion_window = 10080

    lifecycle {
      delete_after = 30
    }
  }
}

resource "aws_backup_selection" "search" {
  name         = "shop-default-search"
  plan_id      = aws_backup_plan.search.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = [aws_ebs_volume.search.arn]
}
