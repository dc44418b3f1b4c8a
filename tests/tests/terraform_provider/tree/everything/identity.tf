data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com", "backup.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [aws_s3_bucket.main.arn, "${aws_s3_bucket.main.arn}/*"]
  }
}

resource "aws_iam_role" "main" {
  name               = "main"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_instance_profile" "main" {
  name = "main"
  role = aws_iam_role.main.name
}

resource "aws_iam_policy" "main" {
  name   = "main"
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy" "main" {
  name   = "read"
  role   = aws_iam_role.main.id
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy_attachment" "main" {
  role       = aws_iam_role.main.name
  policy_arn = aws_iam_policy.main.arn
}

data "aws_iam_role" "main" {
  name = aws_iam_role.main.name
}

resource "aws_kms_key" "main" {
  description             = "Everything"
  deletion_window_in_days = 30
  enable_key_rotation     = true
}

resource "aws_kms_alias" "main" {
  name          = "alias/main"
  target_key_id = aws_kms_key.main.key_id
}

data "aws_kms_key" "main" {
  key_id = aws_kms_alias.main.name
}

data "aws_kms_alias" "main" {
  name = aws_kms_alias.main.name
}

output "who" {
  value = "${data.aws_partition.current.partition} ${data.aws_caller_identity.current.account_id}"
}

output "key_is_found_by_its_alias" {
  value = data.aws_kms_key.main.arn == aws_kms_key.main.arn
}
