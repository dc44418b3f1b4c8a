locals {
  account_id = "111122223333"
  region     = "eu-west-1"
  partition  = "aws"

  # The service has one slot.
  slots = toset(["a"])

  tags = {
    "skiff:app"         = "shop"
    "skiff:environment" = "default"
    "skiff:service"     = "search"
    team                = "shop"
  }
}
