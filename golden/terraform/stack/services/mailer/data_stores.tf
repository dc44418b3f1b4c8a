# Made by environment: `aws_db_instance.orders`.
data "aws_db_instance" "orders" {
  db_instance_identifier = "shop-default-orders"
}

# Made by environment: `aws_kms_key.main`.
data "aws_kms_key" "main" {
  key_id = "alias/shop-default-key"
}

# Made by environment: `aws_sqs_queue.mails`.
data "aws_sqs_queue" "mails" {
  name = "shop-default-mails"
}
