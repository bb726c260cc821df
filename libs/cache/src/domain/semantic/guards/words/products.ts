/** Software, companies and other proper names that people write in lower case; the form of `PLACES`. */
export const SOFTWARE = `
python | javascript: js | typescript | java | c++: cpp | c# | golang | rust | ruby | php | perl | kotlin | swift | scala | haskell | erlang | elixir | clojure | matlab | fortran
cobol | bash | powershell | sql | html | css | node: node.js nodejs | react: react.js reactjs | angular: angularjs angular.js | vue: vue.js vuejs | svelte | next.js: nextjs | django | flask
rails: ruby_on_rails | laravel | spring: spring_boot | express: express.js | .net: dotnet asp.net | jquery | bootstrap | tailwind | tensorflow | pytorch | keras | pandas | numpy
mysql | postgresql: postgres | sqlite | mongodb: mongo | redis | oracle | cassandra | elasticsearch | kafka | rabbitmq | docker | kubernetes: k8s | terraform | ansible | jenkins | nginx
apache | git | github | gitlab | bitbucket | svn | npm | yarn | pip | maven | gradle | linux | ubuntu | debian | fedora | centos | windows | macos: osx os_x mac_os | ios | android
chrome | firefox | safari | edge | opera | excel | word_document: ms_word | powerpoint | outlook | gmail | photoshop | illustrator | figma | unity | unreal | vim | emacs | wordpress | drupal
joomla | shopify | magento | json | xml | yaml | csv | pdf | docx | png | jpg: jpeg | gif | svg | mp3 | mp4 | wav | http | https | ftp | ssh | tcp | udp | rest | graphql | soap
aws | azure | gcp | heroku | vercel | netlify | hadoop | spark | tableau | salesforce | jira | confluence | slack | zoom | skype | teams | discord | trello | notion | chatgpt | gpt | claude | gemini | llama
`;
export const COMPANIES = `
google | apple | microsoft | amazon | facebook: fb meta | instagram | whatsapp | twitter | snapchat | tiktok | youtube | netflix | spotify | uber | lyft | airbnb | tesla | ford | toyota | honda
bmw | mercedes: mercedes_benz | audi | volkswagen: vw | porsche | ferrari | nissan | hyundai | kia | volvo | samsung | sony | lg | nokia | motorola | huawei | xiaomi | oneplus | lenovo | dell | hp | asus
acer | ibm | intel | amd | nvidia | qualcomm | cisco | oracle_corporation | sap | adobe | paypal | stripe | visa | mastercard: master_card | american_express: amex | discover_card | venmo | cash_app
chase | wells_fargo | bank_of_america | citibank: citi | hsbc | barclays | jpmorgan: jp_morgan | goldman_sachs | revolut | apple_pay | google_pay | walmart | costco | ikea | ebay
etsy | alibaba | flipkart | paytm | reddit | quora | linkedin | pinterest | tumblr | wikipedia | yahoo | bing | disney | hulu | hbo | nike | adidas | puma | starbucks | mcdonald's: mcdonalds | burger_king
kfc | subway | coca_cola: coke | pepsi | iphone | ipad | macbook | imac | kindle | xbox | playstation | nintendo | galaxy | pixel | boeing | airbus | delta | lufthansa | ryanair | easyjet | emirates_airline
fedex | ups_store | dhl | verizon | at&t | vodafone | t_mobile | jio | airtel | tcs | infosys | wipro | accenture | deloitte | pwc | kpmg | mckinsey
trump: donald_trump | clinton: hillary_clinton hillary | obama: barack_obama | modi: narendra_modi | putin | bernie_sanders: sanders | elon_musk: musk | bill_gates | steve_jobs | einstein | shakespeare | gandhi
harvard | stanford | mit | oxford | cambridge | yale | princeton | berkeley | caltech | iit | nit | iim | bits | vit | gre | gmat | toefl | ielts | upsc | ias | cat_exam | jee | neet
christianity: christian christians | islam: muslim muslims | hinduism: hindu hindus | judaism: jewish jews | buddhism: buddhist buddhists | sikhism: sikh
nfl | nba | mlb | fifa | uefa | ufc | ipl | world_cup | olympics
republican: republicans | democrat: democrats democratic_party | congress | bjp
bitcoin_cash | litecoin | dogecoin | ethereum_classic
`;
/** What is told apart by a word of a short list: a swap of two of one list is another question. */
export const KINDS = `
red | blue | green | yellow | black | white | orange | purple | pink | brown | grey: gray
dog: dogs | cat: cats | horse: horses | cow: cows | pig: pigs | chicken: chickens | fish | bird: birds | rabbit: rabbits | snake: snakes
man: men male boy boys guy guys boyfriend husband | woman: women female girl girls girlfriend wife | father: dad | mother: mom mum | brother: brothers | sister: sisters | son: sons | daughter: daughters
breakfast | lunch | dinner | credit | debit | prepaid | physics | chemistry | biology | mathematics: math maths | history | economics | psychology | philosophy
monday_morning | spring_season | summer | autumn: fall_season | winter | morning | evening | night
mechanical | civil | electrical | chemical | aerospace | cricket | football: soccer | basketball | baseball | tennis | hockey | golf
hydrogen | oxygen | nitrogen | helium | carbon | iron | gold | silver | copper | lead_metal | zinc | aluminum: aluminium | sodium | potassium | calcium | magnesium
diabetes | cancer | asthma | malaria | tuberculosis | hiv: aids | hepatitis | pneumonia | ibuprofen | paracetamol: acetaminophen tylenol | aspirin | amoxicillin
beef | pork | lamb | turkey_meat | rice | pasta | bread | milk | cheese | sugar | salt | butter | coffee | tea | wine | beer | vodka | whiskey: whisky
`;
