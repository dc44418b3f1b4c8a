locals {
  account_id = "111122223333"
  region     = "eu-west-1"
  partition  = "aws"
  ledger_arn = "arn:${local.partition}:s3:::skiff-111122223333-eu-west-1"

  public_subnets = {
    a = {
      availability_zone = "eu-west-1a"
      cidr_block        = "10.0.128.0/18"
    }
    b = {
      availability_zone = "eu-west-1b"
      cidr_block        = "10.0.192.0/18"
    }
  }

  private_subnets = {
    a = {
      availability_zone = "eu-west-1a"
      cidr_block        = "10.0.0.0/18"
    }
    b = {
      availability_zone = "eu-west-1b"
      cidr_block        = "10.0.64.0/18"
    }
  }

  tags = {
    "skiff:app"         = "shop"
    "skiff:environment" = "default"
  }
}
