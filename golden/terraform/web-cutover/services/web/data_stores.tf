# Made by environment: `aws_kms_key.main`.
data "aws_kms_key" "main" {
  key_id = "alias/shop-default-key"
}
