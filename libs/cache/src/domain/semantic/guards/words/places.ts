/** `name: how else it is written`; peoples and languages count as their country. `_` stands for a space. */
export const PLACES = `
usa: united_states united_states_of_america america american americans
uk: united_kingdom great_britain britain british
england: english englisch anglais inglés | scotland: scottish scots | wales: welsh | ireland: irish northern_ireland
germany: german germans deutschland deutsch allemagne allemand alemania alemán | france: french frankreich französisch français francia francés
spain: spanish spanien spanisch espagne espagnol españa español | italy: italian italians italien italiano | portugal: portuguese
netherlands: dutch holland | belgium: belgian | austria: austrian österreich | switzerland: swiss schweiz suisse | luxembourg | denmark: danish
sweden: swedish swedes | norway: norwegian | finland: finnish | iceland: icelandic | poland: polish | czechia: czech czech_republic | slovakia: slovak
hungary: hungarian | romania: romanian | bulgaria: bulgarian | greece: greek greeks | turkey: turkish turks | serbia: serbian | croatia: croatian
slovenia: slovenian | bosnia: bosnian | albania: albanian | kosovo | ukraine: ukrainian | russia: russian russians soviet ussr | belarus | estonia: estonian
latvia: latvian | lithuania: lithuanian | georgia: georgian | armenia: armenian | azerbaijan | kazakhstan | uzbekistan | malta: maltese | cyprus | monaco
china: chinese mandarin | japan: japanese | korea: korean koreans | south_korea: south_korean | north_korea: north_korean | taiwan: taiwanese | hong_kong | mongolia: mongolian
india: indian indians | pakistan: pakistani pakistanis | bangladesh: bangladeshi | sri_lanka | nepal: nepali nepalese | bhutan | afghanistan: afghan | myanmar: burma
thailand: thai | vietnam: vietnamese | cambodia | laos | malaysia: malaysian | singapore | indonesia: indonesian | philippines: filipino filipinos tagalog | maldives
iran: iranian persian | iraq: iraqi | israel: israeli hebrew | palestine: palestinian | jordan | lebanon: lebanese | syria: syrian syrians | saudi_arabia: saudi
arabia: arab arabic arabs | uae: united_arab_emirates emirates | dubai | abu_dhabi | qatar | kuwait | oman | bahrain | yemen
egypt: egyptian | libya | tunisia | morocco: moroccan | algeria | sudan | ethiopia: ethiopian | kenya: kenyan | tanzania | uganda | rwanda | nigeria: nigerian | ghana
senegal | cameroon | congo | angola | zambia | zimbabwe | botswana | namibia | mozambique | madagascar | south_africa: south_african | somalia
canada: canadian canadians | mexico: mexican mexicans méxico | guatemala | honduras | el_salvador | nicaragua | costa_rica | panama | cuba: cuban | jamaica | haiti
dominican_republic | puerto_rico | colombia: colombian | venezuela: venezuelan | ecuador | peru: peruvian | bolivia | chile | argentina: argentine | uruguay | paraguay
brazil: brazilian brasil | australia: australian australians | new_zealand | fiji
europe: european europeans eu european_union | asia: asian asians | africa: african africans | antarctica | latin: latin_america | north_america | south_america
new_york: nyc new_york_city manhattan | los_angeles: la_city | san_francisco | san_diego | san_jose | chicago | houston | dallas | austin | boston | seattle | miami | denver
atlanta | philadelphia | phoenix | las_vegas: vegas | washington: washington_dc washington_d.c | detroit | orlando | portland | baltimore | nashville | new_orleans
california | texas | florida | hawaii | alaska | arizona | nevada | utah | colorado | ohio | michigan | virginia | illinois | oregon | north_carolina | south_carolina
new_jersey | pennsylvania | massachusetts | minnesota | wisconsin | indiana | tennessee | maryland | missouri | louisiana | alabama | oklahoma | kansas | iowa | idaho
london | paris | berlin | munich: münchen | hamburg | frankfurt | cologne: köln | vienna: wien | zurich: zürich | geneva | madrid | barcelona | rome: roma | milan: milano
venice | florence | naples | lisbon | porto | amsterdam | rotterdam | brussels | copenhagen | stockholm | oslo | helsinki | dublin | edinburgh | glasgow | manchester
birmingham | liverpool | prague | warsaw | krakow | budapest | bucharest | athens | istanbul | moscow | kiev: kyiv | st_petersburg
tokyo | osaka | kyoto | seoul | beijing | shanghai | shenzhen | guangzhou | taipei | bangkok | hanoi | manila | jakarta | bali | kuala_lumpur
delhi: new_delhi | mumbai: bombay | bangalore: bengaluru | chennai: madras | kolkata: calcutta | hyderabad | pune | ahmedabad | jaipur | goa | kerala | punjab | gujarat
maharashtra | kashmir | lucknow | gurgaon | noida | karnataka | bihar | tamil: tamil_nadu | telugu | hindi | urdu | bengali | marathi | gujarati | karachi | lahore | islamabad | dhaka
sydney | melbourne | brisbane | perth | auckland | toronto | vancouver | montreal | ottawa | mexico_city | rio_de_janeiro | sao_paulo | buenos_aires | lima | bogota | cairo | lagos | nairobi
cape_town | johannesburg | tel_aviv | jerusalem | doha | riyadh | tehran | baghdad | latin_language | sanskrit | cantonese | swahili | esperanto
mercury | venus | mars | jupiter | saturn | uranus | neptune | pluto | moon
`;
