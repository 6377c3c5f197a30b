print("pyratok")
