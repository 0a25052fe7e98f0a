# The verdict on a signature
sign-valid = The signature is valid
sign-not-valid = The signature is not valid
sign-could-not-check = The signature could not be checked
