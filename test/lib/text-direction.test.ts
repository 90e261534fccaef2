import test from 'ava';
import { directionOfText } from '../../src/lib/text-direction.ts';

test('the first letter gives a text its direction', (t) => {
  for (const text of ['العاصفة', '2026: הסערה', '«فارسی» English', 'ދިވެހި']) t.is(directionOfText(text), 'rtl', text);
  for (const text of ['', '123', 'Cranes العاصفة', '台風', '!!']) t.is(directionOfText(text), 'ltr', text);
});
