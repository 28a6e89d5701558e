// Is the description of the REST routes good OpenAPI? node openapi.mjs <address>; prints what is wrong, nothing if nothing is.
import { Validator } from '@seriousme/openapi-schema-validator';

const response = await fetch(new URL('/openapi.json', process.argv[2]));
const { valid, errors } = await new Validator().validate(await response.json());
if (!valid) console.log(JSON.stringify(errors, null, 2));
