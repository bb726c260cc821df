/** Software, companies and other names that people write in lower case, but for those that are everyday words; the form of `PLACES`. */
export const SOFTWARE = `
python | javascript: js | typescript | java | c++: cpp | c# | golang | rust | ruby | php | kotlin | scala | haskell | erlang | elixir | clojure | matlab | fortran
cobol | bash | powershell | sql | html | css | node: node.js nodejs | angular | angularjs: angular.js | next.js: nextjs | django
laravel | .net: dotnet asp.net | jquery | tailwind | tensorflow | pytorch | keras | pandas | numpy
mysql | postgresql: postgres | sqlite | mongodb: mongo | redis | cassandra | elasticsearch | kafka | rabbitmq | docker | kubernetes: k8s | terraform | ansible | jenkins | nginx
git | github | gitlab | bitbucket | svn | npm | maven | linux | ubuntu | debian | fedora | centos | windows | macos: osx os_x mac_os | ios | android
chrome | firefox | safari | word_document: ms_word | powerpoint | gmail | photoshop | illustrator | figma | vim | emacs | wordpress | drupal
joomla | shopify | magento | json | xml | yaml | csv | pdf | docx | png | jpg: jpeg | gif | svg | mp3 | mp4 | wav | http | https | ftp | ssh | tcp | udp | graphql
aws | gcp | heroku | vercel | netlify | hadoop | tableau | salesforce | jira | skype | discord | trello | chatgpt | gpt | claude | gemini | llama
`;
export const COMPANIES = `
google | apple | microsoft | amazon | facebook: fb meta | instagram | whatsapp | twitter | snapchat | tiktok | youtube | netflix | spotify | uber | lyft | airbnb | tesla | toyota | honda
bmw | mercedes: mercedes_benz | audi | volkswagen: vw | porsche | ferrari | nissan | hyundai | kia | volvo | samsung | sony | lg | nokia | motorola | huawei | xiaomi | oneplus | lenovo | dell | hp | asus
acer | ibm | intel | amd | nvidia | qualcomm | cisco | oracle_corporation | sap | adobe | paypal | visa | mastercard: master_card | american_express: amex | discover_card | venmo | cash_app
wells_fargo | bank_of_america | citibank: citi | hsbc | barclays | jpmorgan: jp_morgan | goldman_sachs | revolut | apple_pay | google_pay | walmart | costco | ikea | ebay
etsy | alibaba | flipkart | paytm | reddit | quora | linkedin | pinterest | tumblr | wikipedia | yahoo | bing | disney | hulu | hbo | nike | adidas | starbucks | mcdonald's: mcdonalds | burger_king
kfc | coca_cola: coke | pepsi | iphone | ipad | macbook | imac | xbox | playstation | nintendo | boeing | airbus | lufthansa | ryanair | easyjet | emirates_airline
fedex | ups_store | dhl | verizon | at&t | vodafone | t_mobile | jio | airtel | tcs | infosys | wipro | accenture | deloitte | pwc | kpmg | mckinsey
trump: donald_trump | clinton: hillary_clinton hillary | obama: barack_obama | modi: narendra_modi | putin | bernie_sanders: sanders | elon_musk: musk | bill_gates | steve_jobs | einstein | shakespeare | gandhi
harvard | stanford | mit | oxford | cambridge | yale | princeton | berkeley | caltech | iit | nit | iim | gre | gmat | toefl | ielts | upsc | cat_exam | jee
christianity: christian christians | islam: muslim muslims | hinduism: hindu hindus | judaism: jewish jews | buddhism: buddhist buddhists | sikhism: sikh
nfl | nba | mlb | fifa | uefa | ufc | ipl | world_cup | olympics
republican: republicans | democrat: democrats democratic_party | bjp
bitcoin_cash | litecoin | dogecoin | ethereum_classic
`;
