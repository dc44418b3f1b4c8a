locals {
  account_id = "111122223333"
  region     = "eu-west-1"
  partition  = "aws"
  ledger_arn = "arn:${local.partition}:s3:::skiff-111122223333-eu-west-1"

  # The slots of the service: one serves, the other takes the next release.
  slots = toset(["a", "b"])

  tags = {
    "skiff:app"         = "shop"
    "skiff:environment" = "default"
    "skiff:service"     = "web"
  }
}
