/** The language of a text: said where it is sure, and not where it may be another. */
import test from 'ava';
import { guessLanguage } from '../../../src/content/language/guess.ts';

const TEXTS: Record<string, string> = {
  en: 'The storm reached the coast shortly after midnight and left thousands of homes without power. Emergency services said that the harbour was closed and that trains would not run before noon. Residents were told to stay indoors.',
  de: 'Der Sturm erreichte die Küste kurz nach Mitternacht und ließ Tausende Haushalte ohne Strom zurück. Die Rettungsdienste teilten mit, der Hafen sei geschlossen und Züge würden nicht vor Mittag fahren. Die Bewohner sollten zu Hause bleiben.',
  fr: "La tempête a atteint la côte peu après minuit et a privé d'électricité des milliers de foyers. Les services de secours ont indiqué que le port était fermé et que les trains ne circuleraient pas avant midi.",
  es: 'La tormenta alcanzó la costa poco después de medianoche y dejó sin electricidad a miles de hogares. Los servicios de emergencia informaron de que el puerto estaba cerrado y de que los trenes no circularían antes del mediodía.',
  pt: 'A tempestade chegou à costa pouco depois da meia-noite e deixou milhares de casas sem luz. Os serviços de emergência disseram que o porto estava fechado e que os comboios não circulariam antes do meio-dia.',
  it: 'La tempesta ha raggiunto la costa poco dopo mezzanotte e ha lasciato migliaia di case senza corrente. I servizi di emergenza hanno detto che il porto era chiuso e che i treni non avrebbero circolato prima di mezzogiorno.',
  nl: 'De storm bereikte de kust kort na middernacht en liet duizenden huizen zonder stroom achter. De hulpdiensten zeiden dat de haven gesloten was en dat er voor het middaguur geen treinen zouden rijden.',
  sv: 'Stormen nådde kusten strax efter midnatt och lämnade tusentals hem utan el. Räddningstjänsten meddelade att hamnen var stängd och att tågen inte skulle gå före klockan tolv.',
  fi: 'Myrsky saapui rannikolle pian puolenyön jälkeen ja jätti tuhansia koteja ilman sähköä. Pelastuslaitoksen mukaan satama on suljettu eivätkä junat kulje ennen puoltapäivää.',
  pl: 'Burza dotarła do wybrzeża krótko po północy i pozbawiła prądu tysiące domów. Służby ratunkowe poinformowały, że port jest zamknięty, a pociągi nie ruszą przed południem.',
  cs: 'Bouře dorazila k pobřeží krátce po půlnoci a připravila tisíce domácností o elektřinu. Záchranáři uvedli, že přístav je uzavřen a že vlaky nevyjedou před polednem.',
  hu: 'A vihar nem sokkal éjfél után érte el a partot, és otthonok ezreit hagyta áram nélkül. A mentőszolgálatok közölték, hogy a kikötő zárva van, és délig nem közlekednek vonatok.',
  ro: 'Furtuna a ajuns la coastă la scurt timp după miezul nopții și a lăsat mii de case fără curent. Serviciile de urgență au anunțat că portul este închis și că trenurile nu vor circula înainte de prânz.',
  tr: 'Fırtına gece yarısından kısa süre sonra kıyıya ulaştı ve binlerce evi elektriksiz bıraktı. Acil servisler limanın kapalı olduğunu ve trenlerin öğleden önce çalışmayacağını söyledi.',
  ru: 'Шторм достиг побережья вскоре после полуночи и оставил тысячи домов без электричества. Спасательные службы сообщили, что порт закрыт, а поезда не пойдут раньше полудня.',
  uk: 'Шторм досяг узбережжя невдовзі після опівночі й залишив тисячі будинків без електрики. Рятувальники повідомили, що порт закрито, а потяги не ходитимуть раніше полудня.',
  bg: 'Бурята достигна брега малко след полунощ и остави хиляди домове без ток. Спасителните служби съобщиха, че пристанището е затворено и че влаковете няма да тръгнат преди обяд.',
  sr: 'Олуја је стигла до обале убрзо после поноћи и оставила хиљаде домова без струје. Хитне службе су саопштиле да је лука затворена и да возови неће саобраћати пре поднева.',
  ar: 'وصلت العاصفة إلى الساحل بعد منتصف الليل بقليل وتركت آلاف المنازل بلا كهرباء. وقالت خدمات الطوارئ إن الميناء مغلق وإن القطارات لن تسير قبل الظهر.',
  fa: 'طوفان اندکی پس از نیمه‌شب به ساحل رسید و هزاران خانه را بدون برق گذاشت. خدمات اضطراری گفتند که بندر بسته است و قطارها پیش از ظهر حرکت نخواهند کرد.',
  ur: 'طوفان آدھی رات کے فوراً بعد ساحل پر پہنچا اور ہزاروں گھروں کو بجلی سے محروم کر دیا۔ ہنگامی خدمات نے کہا کہ بندرگاہ بند ہے۔',
  he: 'הסערה הגיעה לחוף זמן קצר אחרי חצות והותירה אלפי בתים ללא חשמל. שירותי החירום אמרו שהנמל סגור ושהרכבות לא יפעלו לפני הצהריים.',
  ja: '台風は深夜過ぎに沿岸に達し、数千世帯が停電した。救急当局によると港は閉鎖され、列車は正午まで運行しない。',
  zh: '风暴午夜过后不久抵达海岸，数千户家庭停电。应急部门表示，港口已关闭，列车中午之前不会运行。',
  ko: '폭풍은 자정 직후 해안에 도달해 수천 가구의 전기가 끊겼다. 구조 당국은 항구가 폐쇄되었으며 정오 전에는 열차가 운행하지 않는다고 밝혔다.',
  el: 'Η καταιγίδα έφτασε στην ακτή λίγο μετά τα μεσάνυχτα και άφησε χιλιάδες σπίτια χωρίς ρεύμα.',
  hi: 'तूफ़ान आधी रात के कुछ देर बाद तट पर पहुँचा और हज़ारों घरों की बिजली चली गई। आपात सेवाओं ने कहा कि बंदरगाह बंद है। लोगों से घर के अंदर रहने को कहा गया है।',
  vi: 'Cơn bão đổ bộ vào bờ biển ngay sau nửa đêm và khiến hàng nghìn ngôi nhà mất điện. Các dịch vụ khẩn cấp cho biết cảng đã đóng cửa.',
  ca: "La tempesta va arribar a la costa poc després de mitjanit i va deixar milers de llars sense electricitat. Els serveis d'emergència van dir que el port era tancat.",
};

test('LANG1 a text is taken for the language that it is written in', (t) => {
  for (const [language, text] of Object.entries(TEXTS)) t.is(guessLanguage(text), language, text);
});

test('LANG1 what may be one language or another is not guessed', (t) => {
  const unsure = [
    '',
    'Cranes',
    'Goal! Müller 34’, Bellingham 56’, Mbappé 78’. Real Madrid 2 – 1 Bayern München. Kimmich, Musiala, Rodrygo, Vinícius Júnior, Neuer, Courtois, Carvajal.',
    // Bosnian, Croatian and Serbian; Indonesian and Malay.
    'Oluja je stigla do obale ubrzo nakon ponoći i ostavila tisuće domova bez struje. Hitne službe priopćile su da je luka zatvorena i da vlakovi neće voziti prije podneva.',
    'Badai mencapai pantai tak lama setelah tengah malam dan membuat ribuan rumah tanpa listrik. Layanan darurat mengatakan bahwa pelabuhan ditutup dan kereta tidak akan berjalan sebelum tengah hari.',
    // Kazakh, and others with the same letters.
    'Қазақстан Республикасының Президенті бүгін үкімет мүшелерімен кездесу өткізді.',
    `${TEXTS.de} ${TEXTS.fr} ${TEXTS.it} ${TEXTS.es}`,
    `${'漢字'.repeat(30)}の`,
    '12345 67890 '.repeat(100),
  ];
  for (const text of unsure) t.is(guessLanguage(text), undefined, text);
});

test('I10 a text of any length and any characters costs as much as its beginning', (t) => {
  const { de = '', fr = '' } = TEXTS;
  t.is(guessLanguage(de.repeat(9) + fr.repeat(10_000)), 'de');
  t.notThrows(() => guessLanguage('\ud800'.repeat(5_000)));
  t.notThrows(() => guessLanguage('\u0000\uffff'.repeat(5_000)));
});
