/// Texts with one value each: what it is, how it is written, beneath which key. Made with Python's base64, hashlib,
/// json and urllib, not with what they test.
let searchCases: [SearchCase] = [
    SearchCase("e-mail", "em=V.Maressol4821@lakeside.k12.example", "e-mail", "", "em"),
    SearchCase("e-mail in lower case", "em=v.maressol4821@lakeside.k12.example", "e-mail", "", "em"),
    SearchCase("e-mail in upper case", "em=V.MARESSOL4821@LAKESIDE.K12.EXAMPLE", "e-mail", "", "em"),
    SearchCase(
        "e-mail in JSON", "{\"user\": {\"mail\": \"V.Maressol4821@lakeside.k12.example\"}}", "e-mail", "",
        "mail"),
    SearchCase("full name", "{\"n\": \"Thessaly Quorndale\"}", "name", "", "n"),
    SearchCase("full name in upper case", "{\"n\": \"THESSALY QUORNDALE\"}", "name", "", "n"),
    SearchCase("family name first", "n=Quorndale, Thessaly", "name", "", "n"),
    SearchCase("name with a point", "login=thessaly.quorndale", "name", "", "login"),
    SearchCase("given name alone", "x=Thessaly;", "name", "", "x"),
    SearchCase("family name alone", "{\"ln\":\"quorndale\"}", "name", "", "ln"),
    SearchCase("name in running text", "{\"t\":\"Hello Thessaly Quorndale, welcome\"}", "name", "", "t"),
    SearchCase("birth date", "{\"dob\":\"2013-04-17\"}", "birth date", "", "dob"),
    SearchCase("birth date with a time", "{\"dob\":\"2013-04-17T00:00:00Z\"}", "birth date", "", "dob"),
    SearchCase("birth date, month first", "d=04/17/2013", "birth date", "", "d"),
    SearchCase("birth date, no zeros", "dob=4/17/2013", "birth date", "", "dob"),
    SearchCase("birth date, day first", "d=17.04.2013", "birth date", "", "d"),
    SearchCase("birth date, digits with key", "{\"birthDate\":20130417}", "birth date", "", "birthDate"),
    SearchCase("birth date in words", "{\"t\":\"born April 17, 2013\"}", "birth date", "", "t"),
    SearchCase("birth date, short month", "{\"t\":\"17 Apr 2013\"}", "birth date", "", "t"),
    SearchCase("student id", "sid=S730441856", "student id", "", "sid"),
    SearchCase("student id in lower case", "{\"id\":\"s730441856\"}", "student id", "", "id"),
    SearchCase(
        "student id, digits only", "{\"student_number\":730441856}", "student id", "", "student_number"),
    SearchCase("school", "{\"org\":\"Marlowe Crossing Middle School\"}", "school", "", "org"),
    SearchCase("school in lower case", "org=marlowe crossing middle school", "school", "", "org"),
    SearchCase("grade with key", "{\"grade\":\"7\"}", "grade", "", "grade"),
    SearchCase("grade as a number", "{\"gradeLevel\": 7}", "grade", "", "gradeLevel"),
    SearchCase("grade in a form", "a=1&user_grade=7&b=2", "grade", "", "user_grade"),
    SearchCase("grade in a list", "{\"grades\":[\"7\"]}", "grade", "", "grades"),
    SearchCase(
        "grade in a multipart form",
        "--b\r\nContent-Disposition: form-data; name=\"grade\"\r\n\r\n7\r\n--b--", "grade", "", "grade"),
    SearchCase("phone", "tel=+15085550148", "phone", "", "tel"),
    SearchCase("phone, digits", "{\"p\":\"15085550148\"}", "phone", "", "p"),
    SearchCase("phone, national digits", "{\"p\":5085550148}", "phone", "", "p"),
    SearchCase("phone, brackets", "{\"p\":\"(508) 555-0148\"}", "phone", "", "p"),
    SearchCase("phone, dashes", "p=508-555-0148", "phone", "", "p"),
    SearchCase("phone, points", "p=508.555.0148", "phone", "", "p"),
    SearchCase("street", "{\"street\":\"4182 Vantrel Road\"}", "address", "", "street"),
    SearchCase("postal code with key", "{\"zip\":\"01937\"}", "address", "", "zip"),
    SearchCase("device id", "{\"did\":\"7f3c1a52-90b4-4d0e-8a6b-2f61c7de0934\"}", "device id", "", "did"),
    SearchCase("device id in upper case", "did=7F3C1A52-90B4-4D0E-8A6B-2F61C7DE0934", "device id", "", "did"),
    SearchCase("device id without dashes", "did=7f3c1a5290b44d0e8a6b2f61c7de0934", "device id", "", "did"),
    SearchCase("URL-encoded e-mail", "em=V.Maressol4821%40lakeside.k12.example", "e-mail", "url", "em"),
    SearchCase(
        "URL-encoded e-mail, lower-case digits", "em=v.maressol4821%40lakeside.k12.example", "e-mail", "url",
        "em"),
    SearchCase("URL-encoded name with %20", "n=Thessaly%20Quorndale", "name", "url", "n"),
    SearchCase("form-encoded name with +", "n=Thessaly+Quorndale", "name", "url", "n"),
    SearchCase("URL-encoded phone", "p=%2B1%20508%20555%200148", "phone", "url", "p"),
    SearchCase("URL-encoded street", "s=4182+Vantrel+Road", "address", "url", "s"),
    SearchCase("URL-encoded school", "s=Marlowe+Crossing+Middle+School", "school", "url", "s"),
    SearchCase("URL-encoded date", "d=04%2F17%2F2013", "birth date", "url", "d"),
    SearchCase(
        "URL-encoded twice", "u=https%3A%2F%2Fx.example%2F%3Fem%3DV.Maressol4821%2540lakeside.k12.example",
        "e-mail", "url url", "em"),
    SearchCase(
        "every character URL-encoded",
        "em=%56%2E%4D%61%72%65%73%73%6F%6C%34%38%32%31%40%6C%61%6B%65%73%69%64%65%2E%6B%31%32%2E%65%78%61%6D%70%6C%65",
        "e-mail", "url", "em"),
    SearchCase("grade in URL-encoded JSON", "j=%7B%22grade%22%3A%227%22%7D", "grade", "url", "grade"),
    SearchCase(
        "JSON-escaped e-mail",
        "{\"em\":\"\\u0056\\u002e\\u004d\\u0061\\u0072\\u0065\\u0073\\u0073\\u006f\\u006c\\u0034\\u0038\\u0032\\u0031\\u0040\\u006c\\u0061\\u006b\\u0065\\u0073\\u0069\\u0064\\u0065\\u002e\\u006b\\u0031\\u0032\\u002e\\u0065\\u0078\\u0061\\u006d\\u0070\\u006c\\u0065\"}",
        "e-mail", "json", "em"),
    SearchCase(
        "JSON-escaped at sign", "{\"em\":\"V.Maressol4821\\u0040lakeside.k12.example\"}", "e-mail", "json",
        "em"),
    SearchCase("JSON-escaped date", "{\"dob\":\"04\\/17\\/2013\"}", "birth date", "json", "dob"),
    SearchCase("JSON in a JSON string", "{\"p\": \"{\\\"grade\\\": \\\"7\\\"}\"}", "grade", "", "grade"),
    SearchCase(
        "JSON-escaped name",
        "{\"n\":\"\\u0054\\u0068\\u0065\\u0073\\u0073\\u0061\\u006c\\u0079\\u0020\\u0051\\u0075\\u006f\\u0072\\u006e\\u0064\\u0061\\u006c\\u0065\"}",
        "name", "json", "n"),
    SearchCase(
        "base64 of the e-mail", "d=Vi5NYXJlc3NvbDQ4MjFAbGFrZXNpZGUuazEyLmV4YW1wbGU=", "e-mail", "base64", "d"),
    SearchCase("base64 of the name", "d=VGhlc3NhbHkgUXVvcm5kYWxl", "name", "base64", "d"),
    SearchCase("base64 of the student id", "d=UzczMDQ0MTg1Ng==", "student id", "base64", "d"),
    SearchCase("base64 of the phone", "d=KzE1MDg1NTUwMTQ4", "phone", "base64", "d"),
    SearchCase("base64 of the birth date", "d=MjAxMy0wNC0xNw==", "birth date", "base64", "d"),
    SearchCase("base64 of the street", "d=NDE4MiBWYW50cmVsIFJvYWQ=", "address", "base64", "d"),
    SearchCase("base64 of the school", "d=TWFybG93ZSBDcm9zc2luZyBNaWRkbGUgU2Nob29s", "school", "base64", "d"),
    SearchCase(
        "base64 of the device id", "d=N2YzYzFhNTItOTBiNC00ZDBlLThhNmItMmY2MWM3ZGUwOTM0", "device id",
        "base64", "d"),
    SearchCase(
        "base64, one byte before", "d=IlYuTWFyZXNzb2w0ODIxQGxha2VzaWRlLmsxMi5leGFtcGxl", "e-mail", "base64",
        "d"),
    SearchCase(
        "base64, two bytes before", "d=eD1WLk1hcmVzc29sNDgyMUBsYWtlc2lkZS5rMTIuZXhhbXBsZQ==", "e-mail",
        "base64", "d.x"),
    SearchCase(
        "base64url", "d=Pz8-PlYuTWFyZXNzb2w0ODIxQGxha2VzaWRlLmsxMi5leGFtcGxlPz8-Pg", "e-mail", "base64", "d"),
    SearchCase(
        "base64 in a path", "/collect/v1/dTp2Lm1hcmVzc29sNDgyMUBsYWtlc2lkZS5rMTIuZXhhbXBsZQ/1", "e-mail",
        "base64", ""),
    SearchCase(
        "base64 of JSON", "{\"data\":\"eyJ1aWQiOiAiUzczMDQ0MTg1NiJ9\"}", "student id", "base64", "data.uid"),
    SearchCase(
        "grade in base64 of JSON", "data=eyJncmFkZSI6ICI3IiwgIngiOiAxfQ==", "grade", "base64", "data.grade"),
    SearchCase(
        "base64 in base64",
        "d=ZXlKbGJTSTZJQ0pXTGsxaGNtVnpjMjlzTkRneU1VQnNZV3RsYzJsa1pTNXJNVEl1WlhoaGJYQnNaU0o5", "e-mail",
        "base64 base64", "d.em"),
    SearchCase(
        "base64, URL-encoded",
        "d=YWJ7Im0iOiAiVi5NYXJlc3NvbDQ4MjFAbGFrZXNpZGUuazEyLmV4YW1wbGUifX5%2Bfj8%2FPw%3D%3D", "e-mail",
        "base64", "d.m"),
    SearchCase(
        "URL-encoded in base64", "d=ZW09Vi5NYXJlc3NvbDQ4MjElNDBsYWtlc2lkZS5rMTIuZXhhbXBsZSZhPTE=", "e-mail",
        "base64 url", "d.em"),
    SearchCase(
        "e-mail in a JWT",
        "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJlbWFpbCI6ICJWLk1hcmVzc29sNDgyMUBsYWtlc2lkZS5rMTIuZXhhbXBsZSIsICJleHAiOiAxfQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
        "e-mail", "jwt", "email"),
    SearchCase(
        "student id in a JWT",
        "t=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiAiUzczMDQ0MTg1NiJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
        "student id", "jwt", "t.sub"),
    SearchCase(
        "grade in a JWT",
        "{\"token\":\"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJncmFkZSI6ICI3In0.c2lnbmF0dXJlLXNpZ25hdHVyZQ\"}",
        "grade", "jwt", "token.grade"),
    SearchCase(
        "hexadecimal e-mail", "d=562e4d61726573736f6c34383231406c616b65736964652e6b31322e6578616d706c65",
        "e-mail", "hex", "d"),
    SearchCase("hexadecimal name", "d=5468657373616c792051756f726e64616c65", "name", "hex", "d"),
    SearchCase("hexadecimal student id", "d=53373330343431383536", "student id", "hex", "d"),
    SearchCase("hexadecimal phone", "d=2b3135303835353530313438", "phone", "hex", "d"),
    SearchCase("hexadecimal birth date", "d=323031332d30342d3137", "birth date", "hex", "d"),
    SearchCase(
        "hexadecimal in upper case",
        "d=562E4D61726573736F6C34383231406C616B65736964652E6B31322E6578616D706C65", "e-mail", "hex", "d"),
    SearchCase("grade in hexadecimal JSON", "d=7b226772616465223a2237227d", "grade", "hex", "d.grade"),
    SearchCase("md5 of the e-mail in lower case", "h=fa18e0d4608d61710b0c1e57b5b88494", "e-mail", "md5", "h"),
    SearchCase("md5 of the e-mail", "h=787359db34cb2ae205e4ddf3eea9674b", "e-mail", "md5", "h"),
    SearchCase("md5 of the phone, E.164", "h=6810f7c7c98f8288dd2b1b7cc2e1a118", "phone", "md5", "h"),
    SearchCase("md5 of the phone, digits", "h=2d5d16b2a22c2c50b573b880bd53236b", "phone", "md5", "h"),
    SearchCase("md5 of the phone, national", "h=710c995de12c07d26e9d624c2116f612", "phone", "md5", "h"),
    SearchCase(
        "md5 of the given name in lower case", "h=dc0a3b966aa56cf2fe849bf904130951", "name", "md5", "h"),
    SearchCase(
        "md5 of the family name in lower case", "h=49841a4b6b1ae6781b43ccdb48fb433d", "name", "md5", "h"),
    SearchCase(
        "md5 of the full name in lower case", "h=625b0c19cd08a78f46002d3c59fb75c2", "name", "md5", "h"),
    SearchCase(
        "md5 of the birth date, digits", "h=686e414c509eadbd529444dba42063f8", "birth date", "md5", "h"),
    SearchCase("md5 of the birth date", "h=3c1811b546060d91957cc446aabc4a3c", "birth date", "md5", "h"),
    SearchCase("md5 of the student id", "h=76b209f2fa83aca227040cc03800906a", "student id", "md5", "h"),
    SearchCase("md5 of the postal code", "h=ce749ca36a57c5a63e9c7410734bea4c", "address", "md5", "h"),
    SearchCase("md5 of the device id", "h=ef625643dbe8c3fe74f4d0255911bea5", "device id", "md5", "h"),
    SearchCase("md5 of the school in lower case", "h=fcaace810041012da57bd885af7cbe3f", "school", "md5", "h"),
    SearchCase(
        "md5 of the street in lower case", "h=f0032cdea64d432169c288cf27648514", "address", "md5", "h"),
    SearchCase(
        "sha1 of the e-mail in lower case", "h=9e5d1128c4fcfa27dd09e7f7121752bedc4568b2", "e-mail", "sha1",
        "h"),
    SearchCase("sha1 of the e-mail", "h=8d791827815b5e0b0281c3735ac57d0398e606c4", "e-mail", "sha1", "h"),
    SearchCase(
        "sha1 of the phone, E.164", "h=3e726a7fba91fb42639e45e01489b58df7f47666", "phone", "sha1", "h"),
    SearchCase(
        "sha1 of the phone, digits", "h=d479959353857bbc1d2206606e724260eb17c86b", "phone", "sha1", "h"),
    SearchCase(
        "sha1 of the phone, national", "h=217321b50da223c97b9218b615cf4a108b66c137", "phone", "sha1", "h"),
    SearchCase(
        "sha1 of the given name in lower case", "h=63c914b58c5b86675346db01fb7ab05563a491f3", "name", "sha1",
        "h"),
    SearchCase(
        "sha1 of the family name in lower case", "h=d1ad0873546038264ee7b8e4daa967f7529c147c", "name", "sha1",
        "h"),
    SearchCase(
        "sha1 of the full name in lower case", "h=0f4b4db9081db357af7b660c41aeb85ceddf2825", "name", "sha1",
        "h"),
    SearchCase(
        "sha1 of the birth date, digits", "h=889c788229e5093d29d9c198a01b1f27ba9589e5", "birth date", "sha1",
        "h"),
    SearchCase(
        "sha1 of the birth date", "h=be0745621d4cefb045b512df07b272af6c8a91ba", "birth date", "sha1", "h"),
    SearchCase(
        "sha1 of the student id", "h=399ea0f46d7f36c1d810be70b947ceab40884f72", "student id", "sha1", "h"),
    SearchCase(
        "sha1 of the postal code", "h=7a2bb1c2baabadcfda740b460dfeeb4b39e0be4e", "address", "sha1", "h"),
    SearchCase(
        "sha1 of the device id", "h=af4aacb22532cb01884b52a10da06b1f7cb524f9", "device id", "sha1", "h"),
    SearchCase(
        "sha1 of the school in lower case", "h=1c9c079277211fde92c920cdbeaee60f4d8c753d", "school", "sha1",
        "h"),
    SearchCase(
        "sha1 of the street in lower case", "h=f64f6cb5fcb3ab48cc3b746f745334ffcc434db2", "address", "sha1",
        "h"),
    SearchCase(
        "sha256 of the e-mail in lower case",
        "h=0b366c9bac22d3476fc7709e6be1dbdcc1115a6d1afdb922c040db71afde3f13", "e-mail", "sha256", "h"),
    SearchCase(
        "sha256 of the e-mail", "h=58a37d4d104e06c7395254a881d87eda85a3ddcad8b8d50cf7ce44b83b827ab8",
        "e-mail", "sha256", "h"),
    SearchCase(
        "sha256 of the phone, E.164", "h=f12336c66cbb68cc0f6696153accdd1045b3fafebd8fa20a8358ab32fa37f573",
        "phone", "sha256", "h"),
    SearchCase(
        "sha256 of the phone, digits", "h=f0b7dbb9d4589b4f73fc2b16f1c1b93fc44b5022317d7f51ef3a72cb77253835",
        "phone", "sha256", "h"),
    SearchCase(
        "sha256 of the phone, national", "h=22c0cb65e63ceb052becc4173bb23a376c7633779dd4eddfb66499bf270c8c0a",
        "phone", "sha256", "h"),
    SearchCase(
        "sha256 of the given name in lower case",
        "h=ae95f4b9f0e76768130b71a1273d51ebbbb394b1b744cfa161686dc90d598708", "name", "sha256", "h"),
    SearchCase(
        "sha256 of the family name in lower case",
        "h=64264aa42d89e8415f0095903c24f2a74655fab9419f428e2680d12779eefae6", "name", "sha256", "h"),
    SearchCase(
        "sha256 of the full name in lower case",
        "h=9d4d886a80c7a3391820244d504ae7f6e3d5ed8a1d7ece04f1c36c6f1b481958", "name", "sha256", "h"),
    SearchCase(
        "sha256 of the birth date, digits",
        "h=c678d7eb519fef0a6df877d77db98ccb7bd6e1548a18c070a8e2cd22ab11ea03", "birth date", "sha256", "h"),
    SearchCase(
        "sha256 of the birth date", "h=562dc5437863af90c8f0e46dbe72c13bc5705edcb0889ee7bb85c5fe62f5f315",
        "birth date", "sha256", "h"),
    SearchCase(
        "sha256 of the student id", "h=1b65705792aa07fbf4b4c8e1a563fc0df5eb395060a73300307ef4853c8253c3",
        "student id", "sha256", "h"),
    SearchCase(
        "sha256 of the postal code", "h=9bd0bb562691cbbe4a06ba3704983a058a83c18486cd59720cf8a5284794b5bc",
        "address", "sha256", "h"),
    SearchCase(
        "sha256 of the device id", "h=f0f1b080635cd2581e9399d4fdb12aeb2433cf0b84c20df60bce481e241faa03",
        "device id", "sha256", "h"),
    SearchCase(
        "sha256 of the school in lower case",
        "h=e3c7321d406390558d72f240e0f5f545faf72dc913cc3b8cf5694900aada9114", "school", "sha256", "h"),
    SearchCase(
        "sha256 of the street in lower case",
        "h=d9ce51440bb96e3d4b4cfc85be4a4991d8199de432cac9ebd5f8570b8d601df7", "address", "sha256", "h"),
    SearchCase(
        "SHA-256 in upper case", "h=0B366C9BAC22D3476FC7709E6BE1DBDCC1115A6D1AFDB922C040DB71AFDE3F13",
        "e-mail", "sha256", "h"),
    SearchCase(
        "SHA-256 of the e-mail in upper case",
        "h=8620bbd6e09131b6ee9be88c376fbf7921e85b77b9a799a4f35cd115daf51cf3", "e-mail", "sha256", "h"),
    SearchCase(
        "SHA-256 in JSON",
        "{\"em_hash\": \"0b366c9bac22d3476fc7709e6be1dbdcc1115a6d1afdb922c040db71afde3f13\"}", "e-mail",
        "sha256", "em_hash"),
    SearchCase(
        "SHA-256 with a prefix", "h=em_0b366c9bac22d3476fc7709e6be1dbdcc1115a6d1afdb922c040db71afde3f13",
        "e-mail", "sha256", "h"),
    SearchCase(
        "SHA-256 in base64", "h=CzZsm6wi00dvx3Cea+Hb3MERWm0a/bkiwEDbca/ePxM=", "e-mail", "base64 sha256", "h"),
    SearchCase("MD5 in base64url", "h=-hjg1GCNYXELDB5XtbiElA", "e-mail", "base64 md5", "h"),
    SearchCase(
        "SHA-256 in base64 of JSON",
        "d=eyJlbSI6ICIwYjM2NmM5YmFjMjJkMzQ3NmZjNzcwOWU2YmUxZGJkY2MxMTE1YTZkMWFmZGI5MjJjMDQwZGI3MWFmZGUzZjEzIn0=",
        "e-mail", "base64 sha256", "d.em"),
    SearchCase(
        "SHA-256 of an e-mail with a space behind",
        "h=489b9365bcb7e58893200e14fdea8ef357d974c1df9996c9d4a87faa2885ee17", "e-mail", "sha256", "h"),
    SearchCase(
        "SHA-256 in a JWT",
        "t=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ4IjogIjBiMzY2YzliYWMyMmQzNDc2ZmM3NzA5ZTZiZTFkYmRjYzExMTVhNmQxYWZkYjkyMmMwNDBkYjcxYWZkZTNmMTMifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
        "e-mail", "jwt sha256", "t.x"),
]
