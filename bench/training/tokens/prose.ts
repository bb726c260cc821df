/** Own texts for the calibration of the token estimate, by language: one part to fit, one that is held out. */
export interface Sample {
  readonly fit: string;
  readonly held: string;
}

export const PROSE: Readonly<Record<string, Sample>> = {
  en: {
    fit: `Please look at the attached report and tell me which of the three suppliers is the cheapest for small orders. We usually buy between twenty and fifty pieces a month, and delivery should not take longer than a week. My colleague thought that the second offer was better because the guarantee covers two years, but I am not sure that this matters to us. A short answer with the most important reasons is enough. Why do leaves turn red in autumn? I always believed it was the cold, yet last year the maple in front of our house changed its colour while it was still quite warm.`,
    held: `Write a friendly letter to our neighbours and invite them to the summer party in the courtyard. Mention that everybody should bring something to eat, that there will be music until ten, and that children are welcome. If it rains, we will meet in the basement instead. The old bicycle that nobody has claimed since spring will be given away on that occasion. Explain the difference between weather and climate to a child of eight years, using an example from everyday life.`,
  },
  de: {
    fit: `Bitte fasse den folgenden Vertrag in drei Sätzen zusammen und weise auf ungewöhnliche Kündigungsfristen hin. Unser Verein überlegt, die Räume ab September für zwei Nachmittage in der Woche anzumieten. Wichtig wäre uns, dass die Nebenkosten nachvollziehbar abgerechnet werden und wir bei größeren Veranstaltungen auch die Küche benutzen dürfen. Warum ist der Himmel eigentlich blau, und weshalb färbt er sich beim Sonnenuntergang rötlich?`,
    held: `Meine Großmutter hat mir ein Rezept für Zwetschgenkuchen hinterlassen, aber die Mengenangaben fehlen. Könntest du mir sagen, wie viel Mehl und Butter man für ein gewöhnliches Backblech braucht? Außerdem würde ich gern wissen, ob sich der Teig am Vorabend vorbereiten lässt. Die Straßenbahnhaltestelle wurde wegen Bauarbeiten vorübergehend verlegt.`,
  },
  fr: {
    fit: `Pourriez-vous m'expliquer la différence entre un contrat à durée déterminée et un contrat d'intérim ? Mon frère a reçu deux propositions la semaine dernière et il hésite encore. L'une est mieux payée, mais l'autre se trouve à côté de chez lui et lui laisserait davantage de temps pour ses études. Résume ensuite les avantages de chacune en quelques lignes, sans employer de vocabulaire juridique.`,
    held: `Le marché du samedi a été déplacé sur la grande place à cause des travaux. Les commerçants espèrent que leurs clients les y retrouveront, même si le stationnement y est plus difficile. Écris un petit poème sur l'odeur du pain chaud et le bruit des caisses que l'on décharge avant l'aube. Quelle est, à ton avis, la meilleure façon d'apprendre une langue étrangère ?`,
  },
  es: {
    fit: `Necesito preparar una presentación sobre el consumo de agua en las ciudades y no sé por dónde empezar. ¿Qué datos debería incluir para que el público entienda el problema en pocos minutos? Mi jefa quiere que mencionemos también las fugas de las tuberías antiguas, que según ella son la causa principal de las pérdidas. Dame una lista de cinco ideas y explica brevemente cada una.`,
    held: `Ayer caminamos hasta el faro y nos sorprendió una tormenta a mitad del camino. Por suerte encontramos una cabaña abandonada donde pudimos esperar a que dejara de llover. Traduce al inglés la siguiente frase: el niño que duerme bajo el árbol es mi primo. ¿Cuántos días tarda en llegar un paquete desde Sevilla hasta Buenos Aires?`,
  },
  it: {
    fit: `Vorrei organizzare una cena per otto persone, ma due di loro non mangiano carne e una è allergica alle noci. Mi suggerisci un menù semplice che si possa preparare il giorno prima? Il forno di casa è piccolo e non riesco a cuocere più di una teglia alla volta. Perché il ghiaccio galleggia sull'acqua, mentre quasi tutti gli altri solidi affondano nel proprio liquido?`,
    held: `La biblioteca comunale resterà chiusa fino alla fine del mese per lavori di ristrutturazione. I libri presi in prestito si possono restituire nella cassetta accanto all'ingresso. Scrivi una breve recensione di un film che racconta l'amicizia tra un vecchio pescatore e una ragazza di città.`,
  },
  pt: {
    fit: `Estou à procura de um apartamento perto do centro, de preferência com varanda e muita luz de manhã. O orçamento não é muito grande, por isso também aceito um prédio antigo, desde que o telhado esteja em boas condições. Quais são as perguntas que devo fazer ao senhorio antes de assinar? Não quero descobrir depois que as despesas do condomínio são o dobro do que me disseram.`,
    held: `A minha filha quer saber por que razão os gatos conseguem ver no escuro. Explique-lhe isso com palavras simples e uma comparação divertida. No domingo passado fomos à praia, mas o vento era tão forte que voltamos para casa antes do almoço. Corrija os erros do texto que segue.`,
  },
  nl: {
    fit: `Kun je mij helpen met een brief aan de gemeente over de kapotte straatverlichting? Sinds drie weken is het 's avonds volledig donker tussen de brug en het schoolplein, en dat is gevaarlijk voor fietsers. Wij hebben al twee keer gebeld, maar niemand lijkt zich verantwoordelijk te voelen. Houd de toon beleefd, maar maak duidelijk dat we binnenkort een antwoord verwachten.`,
    held: `Op zolder vonden we een doos met oude ansichtkaarten die mijn overgrootvader tijdens zijn reizen had verstuurd. De meeste zijn nog goed leesbaar. Waarom worden sommige vogels elk voorjaar door hetzelfde nest aangetrokken?`,
  },
  sv: {
    fit: `Jag skulle vilja veta hur man bäst förvarar äpplen under vintern utan att de ruttnar. Vi har en källare som håller ungefär åtta grader, men luften där är ganska fuktig. Sammanfatta gärna råden i en punktlista och förklara varför varje steg är viktigt.`,
    held: `Tåget till Göteborg var försenat igen, så vi hann inte med den sista färjan. Skriv en kort berättelse om en fyrvaktare som börjar tröttna på havet. Vilka länder gränsar till Östersjön?`,
  },
  pl: {
    fit: `Czy mógłbyś wyjaśnić, jak działa pompa ciepła i dlaczego zimą jej sprawność spada? Zastanawiamy się nad wymianą starego pieca, ale koszty instalacji są bardzo wysokie. Sąsiad twierdzi, że oszczędności zwracają się dopiero po piętnastu latach, a ja nie wiem, czy mu wierzyć. Przygotuj krótkie porównanie trzech możliwości ogrzewania domu jednorodzinnego.`,
    held: `W zeszłym tygodniu pojechaliśmy w góry, lecz przez gęstą mgłę nie zobaczyliśmy ani jednego szczytu. Napisz wiersz o żurawiach odlatujących jesienią na południe. Ile kosztuje przesyłka ważąca dwa kilogramy?`,
  },
  cs: {
    fit: `Potřeboval bych poradit s výběrem kola pro každodenní cestu do práce. Jezdím asi dvanáct kilometrů, polovinu z toho po štěrkové cestě podél řeky. Důležité je pro mě, aby bylo lehké a dalo se snadno opravit. Vysvětli mi také, jaký je rozdíl mezi kotoučovými a ráfkovými brzdami.`,
    held: `Babička vždycky říkala, že nejlepší houby rostou tam, kde je nikdo nehledá. Přelož následující odstavec do angličtiny a zachovej přitom jeho žertovný tón. Proč se měsíc někdy objevuje i během dne?`,
  },
  fi: {
    fit: `Voisitko selittää, miksi järven jää ulvoo keskellä talvea? Olimme viime viikonloppuna mökillä ja kuulimme koko yön omituisia ääniä. Naapurin mukaan se johtuu lämpötilan vaihteluista, mutta haluaisin ymmärtää asian tarkemmin. Kirjoita vastaus niin, että myös kymmenvuotias tyttäreni ymmärtää sen.`,
    held: `Kirjastosta lainattujen kirjojen palautuspäivä on huomenna, enkä ole ehtinyt lukea niistä ainuttakaan. Luettele kolme hyvää syytä aloittaa puutarhanhoito kerrostalon parvekkeella.`,
  },
  hu: {
    fit: `Szeretném megtudni, hogyan lehet otthon kovászos kenyeret sütni, ha nincs sütőkövem. A múltkori próbálkozásom kívül megégett, belül pedig nyers maradt. Kérlek, írd le lépésről lépésre, mire kell figyelnem, és mennyi ideig keljen a tészta.`,
    held: `A tegnapi vihar kidöntötte az öreg diófát, amelyet még a nagyapám ültetett. Foglald össze két mondatban, miért fontos a méhek védelme a mezőgazdaság számára.`,
  },
  tr: {
    fit: `Önümüzdeki ay taşınacağız ve eşyaların hangilerini yanımıza alacağımıza bir türlü karar veremiyoruz. Yeni evin mutfağı daha küçük olduğu için büyük masayı büyük olasılıkla satmamız gerekecek. Bana taşınmadan önce yapılması gerekenlerin bir listesini hazırlar mısın? Lütfen önem sırasına göre yaz.`,
    held: `Dedem her sabah güneş doğmadan kalkar, balkonda çayını içerken radyo dinlerdi. Gökkuşağı neden yarım daire biçiminde görünür? Aşağıdaki cümleleri geçmiş zamana çevir.`,
  },
  ro: {
    fit: `Aș dori să știu care sunt pașii pentru înființarea unei mici firme de traduceri. Prietena mea lucrează deja de câțiva ani pe cont propriu și spune că cel mai greu este să găsești primii clienți. Ce documente îmi trebuie și cât durează înregistrarea?`,
    held: `În fiecare vară mergeam la bunici, unde mirosea a fân proaspăt și a pâine coaptă. Explică pe scurt de ce apa mării este sărată, iar cea a râurilor nu.`,
  },
  vi: {
    fit: `Tôi muốn tổ chức một buổi tiệc nhỏ cho mẹ nhân dịp bà tròn sáu mươi tuổi. Gia đình chúng tôi có khoảng mười lăm người, trong đó có bốn trẻ em. Bạn có thể gợi ý thực đơn và một vài trò chơi phù hợp không? Ngoài ra, tôi cũng cần một bài phát biểu ngắn nhưng cảm động.`,
    held: `Chiều qua trời mưa rất to nên đường phố ngập nước và xe cộ không thể di chuyển. Hãy giải thích vì sao lá cây có màu xanh và đến mùa thu lại chuyển sang màu vàng.`,
  },
  id: {
    fit: `Tolong buatkan ringkasan dari laporan ini dalam dua paragraf saja. Saya harus menyampaikannya kepada pimpinan besok pagi dan belum sempat membaca semuanya. Sebutkan terutama alasan mengapa penjualan menurun pada kuartal ketiga serta langkah yang diusulkan untuk memperbaikinya.`,
    held: `Kemarin sore kami berjalan ke pantai dan melihat nelayan menarik jala mereka ke darat. Apa perbedaan antara kopi robusta dan arabika, dan mana yang lebih cocok untuk pemula?`,
  },
  sw: {
    fit: `Naomba unisaidie kuandika barua ya kuomba likizo ya wiki mbili mwezi ujao. Ninataka kwenda kijijini kumtembelea bibi yangu ambaye amekuwa mgonjwa kwa muda mrefu. Tafadhali tumia lugha ya heshima na usiandike zaidi ya sentensi sita.`,
    held: `Jana jioni mvua kubwa ilinyesha na barabara ya kwenda sokoni ikafungwa. Eleza kwa ufupi kwa nini ndege huhama kutoka sehemu moja hadi nyingine.`,
  },
  ru: {
    fit: `Объясни, пожалуйста, чем отличается кредитная карта от дебетовой и когда выгоднее пользоваться каждой из них. Моя мама недавно получила предложение от банка, но условия написаны таким мелким шрифтом, что разобраться почти невозможно. Особенно нас интересует, какие комиссии берут за снятие наличных и за обслуживание счёта.`,
    held: `Вчера вечером мы долго гуляли по набережной и смотрели, как зажигаются огни на другом берегу. Составь план поездки на три дня для семьи с двумя маленькими детьми. Почему зимой дни короче, чем летом?`,
  },
  uk: {
    fit: `Допоможи мені скласти перелік речей, які варто взяти із собою в похід на чотири дні. Ми плануємо ночувати в наметах, а погода в горах восени дуже мінлива. Скільки води потрібно на одну людину щодня, якщо джерела трапляються рідко?`,
    held: `Сусідський кіт щоранку приходить до нашого вікна і чекає, поки ми його погодуємо. Перекажи цю казку коротко і зрозуміло для п'ятирічної дитини.`,
  },
  bg: {
    fit: `Бихте ли ми препоръчали книга, която обяснява историята на Балканите без излишни подробности? Подготвям се за изпит и ми остават само две седмици. Най-много ме затруднява периодът след Освобождението.`,
    held: `Вчера купихме стара къща на село и сега трябва да сменим покрива преди зимата. Защо котките мъркат, когато са доволни?`,
  },
  el: {
    fit: `Θα ήθελα να μάθω πώς μπορώ να μειώσω τον λογαριασμό του ρεύματος χωρίς να αγοράσω καινούριες συσκευές. Μένουμε σε παλιό διαμέρισμα με μεγάλα παράθυρα και τον χειμώνα κρυώνουμε πολύ. Δώσε μου πέντε πρακτικές συμβουλές και εξήγησε ποια από αυτές έχει το μεγαλύτερο όφελος.`,
    held: `Το καλοκαίρι πηγαίναμε κάθε απόγευμα στη θάλασσα και γυρίζαμε όταν έπεφτε ο ήλιος. Γράψε ένα σύντομο γράμμα σε έναν παλιό φίλο που ζει στο εξωτερικό.`,
  },
  ar: {
    fit: `أريد أن أتعلم الطبخ لكنني لا أملك وقتا كافيا بعد العمل. هل يمكنك أن تقترح علي وصفات سهلة لا تحتاج إلى أكثر من نصف ساعة؟ أفضل الأطباق التي تحتوي على الخضروات والعدس، ولا أحب الطعام الحار. اكتب لي أيضا قائمة بالمشتريات اللازمة لأسبوع كامل.`,
    held: `سافر أخي إلى المدينة البعيدة ليكمل دراسته في كلية الهندسة، ووعدنا بأن يكتب لنا كل أسبوع. اشرح لي باختصار لماذا تبدو السماء زرقاء في النهار وحمراء عند الغروب.`,
  },
  fa: {
    fit: `می‌خواهم برای تعطیلات آخر هفته به کوهستان برویم، ولی نمی‌دانم چه وسایلی لازم است. لطفا فهرستی از لباس‌ها و خوراکی‌های مناسب تهیه کن. دوستم می‌گوید که هوا در شب خیلی سرد می‌شود و باید کیسه خواب خوب داشته باشیم.`,
    held: `پدربزرگم هر روز صبح زود به باغ می‌رفت و درختان انار را آب می‌داد. تفاوت میان نور و صدا را با یک مثال ساده توضیح بده.`,
  },
  ur: {
    fit: `براہ کرم مجھے بتائیں کہ گھر میں سبزیاں اگانے کے لیے کون سا موسم بہتر ہے۔ ہمارے پاس صرف ایک چھوٹی سی چھت ہے جہاں دن بھر دھوپ رہتی ہے۔ پانی کی کمی کی وجہ سے ہم ایسے پودے چاہتے ہیں جنہیں کم پانی کی ضرورت ہو۔`,
    held: `کل شام بارش کے بعد بچے گلی میں کاغذ کی کشتیاں چلا رہے تھے۔ اس کہانی کا خلاصہ تین جملوں میں لکھیں۔`,
  },
  he: {
    fit: `אני מחפש דרך לחסוך כסף מדי חודש בלי לוותר על הדברים שחשובים לי. אשתי ואני עובדים שנינו, אבל שכר הדירה עלה מאוד בשנה האחרונה. תוכל להציע לנו תוכנית פשוטה שתתאים למשפחה עם שני ילדים קטנים?`,
    held: `אתמול בערב ישבנו על המרפסת וראינו את הירח עולה מעל הגבעות. הסבר בקצרה מדוע מי הים מלוחים ומי הנחלים אינם מלוחים.`,
  },
  hi: {
    fit: `कृपया मुझे बताइए कि छोटे शहर में किताबों की दुकान खोलने के लिए कितने पैसे चाहिए। मेरे पास एक पुराना मकान है जो बाज़ार के पास है, लेकिन उसकी मरम्मत करनी पड़ेगी। मैं चाहता हूँ कि बच्चे वहाँ बैठकर पढ़ सकें और शाम को कहानियाँ सुनाई जाएँ।`,
    held: `पिछले साल गर्मियों में हम नानी के घर गए थे जहाँ आम के बहुत सारे पेड़ थे। बारिश क्यों होती है, यह एक छोटे बच्चे को सरल शब्दों में समझाइए।`,
  },
  mr: {
    fit: `मला मराठीत एक छोटे भाषण लिहून द्या जे मी शाळेच्या स्नेहसंमेलनात करू शकेन. विषय आहे पाण्याची बचत आणि आपली जबाबदारी. भाषण तीन मिनिटांपेक्षा मोठे नसावे.`,
    held: `काल संध्याकाळी आम्ही टेकडीवर फिरायला गेलो आणि सूर्यास्त पाहिला. चहा आणि कॉफी यात काय फरक आहे?`,
  },
  bn: {
    fit: `আমি আমার ছোট ভাইকে অঙ্ক শেখাতে চাই, কিন্তু সে খুব তাড়াতাড়ি বিরক্ত হয়ে যায়। খেলার মাধ্যমে যোগ আর বিয়োগ শেখানোর কয়েকটা উপায় বলে দাও। তার বয়স সাত বছর এবং সে গাড়ি খুব ভালোবাসে।`,
    held: `গতকাল নদীর ধারে আমরা অনেকক্ষণ বসে ছিলাম আর নৌকা দেখছিলাম। গাছের পাতা সবুজ কেন হয়, সহজ ভাষায় বুঝিয়ে বলো।`,
  },
  ta: {
    fit: `எனக்கு வீட்டில் எளிதாக செய்யக்கூடிய மூன்று சமையல் குறிப்புகளை எழுதிக் கொடுங்கள். நான் தனியாக வசிக்கிறேன், அதனால் அளவு குறைவாக இருக்க வேண்டும். காரம் அதிகம் இல்லாத உணவு எனக்கு பிடிக்கும்.`,
    held: `நேற்று மாலை கடற்கரையில் குழந்தைகள் மணல் வீடு கட்டி விளையாடினார்கள். மழை எப்படி உருவாகிறது என்று சுருக்கமாக விளக்கவும்.`,
  },
  te: {
    fit: `నా చెల్లెలు పరీక్షలకు సిద్ధమవుతోంది కానీ ఆమెకు సమయం సరిపోవడం లేదు. రోజుకు నాలుగు గంటలు చదివేలా ఒక ప్రణాళిక తయారు చేసి ఇవ్వండి. గణితం ఆమెకు చాలా కష్టంగా అనిపిస్తుంది.`,
    held: `మా ఊరిలో పెద్ద చెరువు ఉంది, దాని ఒడ్డున పిల్లలు ఆడుకుంటారు. ఆకాశం నీలంగా ఎందుకు కనిపిస్తుంది?`,
  },
  th: {
    fit: `ช่วยแนะนำวิธีดูแลต้นไม้ในห้องที่แสงแดดส่องไม่ค่อยถึงหน่อยได้ไหม ตอนนี้ใบเริ่มเหลืองและร่วงทุกวัน ฉันรดน้ำสัปดาห์ละสองครั้ง แต่ไม่แน่ใจว่ามากหรือน้อยเกินไป เพื่อนบอกว่าควรเปลี่ยนดินใหม่และย้ายไปไว้ใกล้หน้าต่าง`,
    held: `เมื่อวานนี้เราไปเดินเล่นที่ตลาดน้ำและได้ชิมขนมหลายอย่างที่ไม่เคยกินมาก่อน ช่วยอธิบายสั้นๆ ว่าทำไมน้ำทะเลจึงเค็ม`,
  },
  zh: {
    fit: `请帮我写一封信给房东，说明厨房的水管已经漏了两个星期。我们打过三次电话，可是每次都说明天会有人来修。语气要客气，但是也要让他明白问题很严重，地板已经开始变形了。另外请提醒他，合同里写明维修费用由他承担。为什么冬天白天比夏天短？`,
    held: `昨天晚上我们沿着河边散步，看到很多人在放风筝。请用简单的话解释什么是通货膨胀，并举一个日常生活中的例子。我的祖父年轻的时候在铁路上工作，他常常给我们讲那时候的故事。`,
  },
  zhTw: {
    fit: `我想在陽台上種一些容易照顧的植物，但是平常工作很忙，常常忘記澆水。請推薦五種適合新手的盆栽，並說明各自需要多少陽光。如果能順便告訴我什麼時候該換土就更好了。`,
    held: `上個週末我們搭火車去山上看櫻花，沿途的風景非常漂亮。請把下面這段文字整理成三個重點，並翻譯成英文。`,
  },
  ja: {
    fit: `来月、友人の結婚式でスピーチをすることになりました。何を話せばよいのか分からず困っています。二人は大学のサークルで知り合い、十年間付き合ってきました。三分くらいで終わる、温かくて少し笑える原稿を書いていただけませんか。パソコンのファイルを間違えて消してしまった場合の対処法も教えてください。`,
    held: `昨日は雨が降っていたので、家でゆっくり本を読みました。この文章を小学生にも分かるように短くまとめてください。コーヒーと紅茶では、どちらのカフェインが多いですか。`,
  },
  ko: {
    fit: `다음 주에 새로운 회사에서 면접을 보는데 어떤 질문이 나올지 걱정됩니다. 저는 오 년 동안 고객 상담 업무를 했고 이번에는 기획 부서에 지원했습니다. 자주 나오는 질문 다섯 가지와 모범 답변을 간단하게 정리해 주세요. 너무 딱딱하지 않은 말투가 좋습니다.`,
    held: `어제저녁에 가족들과 함께 공원에 가서 불꽃놀이를 구경했습니다. 지구가 태양 주위를 도는 이유를 초등학생도 이해할 수 있게 설명해 주세요.`,
  },
  ka: {
    fit: `გთხოვ, მომიმზადო მოკლე ტექსტი ჩვენი სოფლის ისტორიის შესახებ. ძველი ეკლესია მთის ძირში დგას და მის გვერდით დიდი კაკლის ხეა. ზაფხულში აქ ბევრი სტუმარი ჩამოდის.`,
    held: `გუშინ საღამოს დიდხანს ვისხედით აივანზე და ვსაუბრობდით. რატომ არის ზღვის წყალი მლაშე?`,
  },
  hy: {
    fit: `Խնդրում եմ օգնիր ինձ գրել նամակ մեր դպրոցի տնօրենին։ Երեխաները ուզում են բակում ծառեր տնկել, բայց մենք գործիքներ չունենք։ Գուցե քաղաքապետարանը կարող է օգնել մեզ։`,
    held: `Երեկ երեկոյան մենք քայլեցինք գետի ափով և նայեցինք աստղերին։ Ինչու է ձյունը սպիտակ։`,
  },
};
