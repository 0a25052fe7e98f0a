# The first screen: three languages side by side
attract-start = Start
attract-what = Write a letter to an akim or a ministry
attract-how = Free of charge. Nothing you write stays here.
attract-welcome = Welcome!
attract-staff = For staff
