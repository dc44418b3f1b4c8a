locals {
  account_id = "111122223333"
  region     = "eu-west-1"
  partition  = "aws"

  # One NAT gateway: when its zone fails, the others have no way out. `nat-per-zone` has one in
  # each.
  nat_zones = toset(["a"])

  public_subnets = {
    a = {
      availability_zone = "eu-west-1a"
      cidr_block        = "10.20.128.0/18"
    }
    b = {
      availability_zone = "eu-west-1b"
      cidr_block        = "10.20.192.0/18"
    }
  }

  private_subnets = {
    a = {
      availability_zone = "eu-west-1a"
      cidr_block        = "10.20.0.0/18"
    }
    b = {
      availability_zone = "eu-west-1b"
      cidr_block        = "10.20.64.0/18"
    }
  }

  tags = {
    "skiff:app"         = "shop"
    "skiff:environment" = "default"
    team                = "shop"
  }
}
