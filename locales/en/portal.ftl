# The portal and its command line
portal-practice-operator = Tereze practice portal
