# Exit 0: pyHanko calls every signature intact, trusted, and the document changed in allowed ways alone; 1: not; 3: no pyHanko.
import sys
try:
    from pyhanko.keys import load_cert_from_pemder
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext
except ImportError:
    sys.exit(3)
import logging
logging.disable(logging.CRITICAL)
usage = {'digital_signature'}
with open(sys.argv[1], 'rb') as file:
    roots = [load_cert_from_pemder(sys.argv[2])]
    for signature in PdfFileReader(file).embedded_regular_signatures:
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        from pyhanko.sign.validation.settings import KeyUsageConstraints
        found = validate_pdf_signature(signature, context, key_usage_settings=KeyUsageConstraints(key_usage=usage))
        print(found.summary(), file=sys.stderr)
        if not found.bottom_line:
            sys.exit(1)
