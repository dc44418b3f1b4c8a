locals {
  account_id = "111122223333"
  region     = "eu-west-1"
  partition  = "aws"
  ledger_arn = "arn:${local.partition}:s3:::skiff-111122223333-eu-west-1"

  # The service has one slot.
  slots = toset(["a"])

  tags = {
    "skiff:app"         = "shop"
    "skiff:environment" = "default"
    "skiff:service"     = "search"
    team                = "shop"
  }
}
