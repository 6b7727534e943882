"""The only importers of boto3, linebot and linepay."""
