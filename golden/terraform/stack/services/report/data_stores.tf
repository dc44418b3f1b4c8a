# Made by environment: `aws_db_instance.orders`.
data "aws_db_instance" "orders" {
  db_instance_identifier = "shop-default-orders"
}

# Made by environment: `aws_kms_key.main`.
data "aws_kms_key" "main" {
  key_id = "alias/shop-default-key"
}

# Made by environment: `aws_s3_bucket.pictures`.
data "aws_s3_bucket" "pictures" {
  bucket = "shop-default-pictures-e0e50e79"
}
