exec(open("/tmp/eng/smoke2.py").read())
