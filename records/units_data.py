"""Generated from units.yaml by units_build.py: edit the YAML, not this."""

ATOMS = """
t|1000|1|kilogram^1|yes|t 吨 公吨 tonne
tce|1000|1|coal^1|yes|tce t标准煤 t标煤 t标准煤当量 吨ce 吨标准煤 吨标煤 吨标准煤当量 公吨ce 公吨标准煤 公吨标煤 公吨标准煤当量 tonnece tonne标准煤 tonne标煤 tonne标准煤当量
tC|1000|1|carbon^1|yes|tC t碳 吨C 吨碳 公吨C 公吨碳 tonneC tonne碳
tCO2|1000|1|co2^1|yes|tCO2 t二氧化碳 tco2 吨CO2 吨二氧化碳 吨co2 公吨CO2 公吨二氧化碳 公吨co2 tonneCO2 tonne二氧化碳 tonneco2
tCO2e|1000|1|co2e^1|yes|tCO2e t二氧化碳当量 tCO2当量 tCO2eq tCO2-eq tCO2-e tco2e 吨CO2e 吨二氧化碳当量 吨CO2当量 吨CO2eq 吨CO2-eq 吨CO2-e 吨co2e 公吨CO2e 公吨二氧化碳当量 公吨CO2当量 公吨CO2eq 公吨CO2-eq 公吨CO2-e 公吨co2e tonneCO2e tonne二氧化碳当量 tonneCO2当量 tonneCO2eq tonneCO2-eq tonneCO2-e tonneco2e
tH2|1000|1|hydrogen^1|yes|tH2 t氢 t氢气 吨H2 吨氢 吨氢气 公吨H2 公吨氢 公吨氢气 tonneH2 tonne氢 tonne氢气
kg|1|1|kilogram^1|yes|kg 千克 公斤 KG Kg
kgce|1|1|coal^1|yes|kgce kg标准煤 kg标煤 kg标准煤当量 千克ce 千克标准煤 千克标煤 千克标准煤当量 公斤ce 公斤标准煤 公斤标煤 公斤标准煤当量 KGce KG标准煤 KG标煤 KG标准煤当量 Kgce Kg标准煤 Kg标煤 Kg标准煤当量
kgC|1|1|carbon^1|yes|kgC kg碳 千克C 千克碳 公斤C 公斤碳 KGC KG碳 KgC Kg碳
kgCO2|1|1|co2^1|yes|kgCO2 kg二氧化碳 kgco2 千克CO2 千克二氧化碳 千克co2 公斤CO2 公斤二氧化碳 公斤co2 KGCO2 KG二氧化碳 KGco2 KgCO2 Kg二氧化碳 Kgco2
kgCO2e|1|1|co2e^1|yes|kgCO2e kg二氧化碳当量 kgCO2当量 kgCO2eq kgCO2-eq kgCO2-e kgco2e 千克CO2e 千克二氧化碳当量 千克CO2当量 千克CO2eq 千克CO2-eq 千克CO2-e 千克co2e 公斤CO2e 公斤二氧化碳当量 公斤CO2当量 公斤CO2eq 公斤CO2-eq 公斤CO2-e 公斤co2e KGCO2e KG二氧化碳当量 KGCO2当量 KGCO2eq KGCO2-eq KGCO2-e KGco2e KgCO2e Kg二氧化碳当量 KgCO2当量 KgCO2eq KgCO2-eq KgCO2-e Kgco2e
kgH2|1|1|hydrogen^1|yes|kgH2 kg氢 kg氢气 千克H2 千克氢 千克氢气 公斤H2 公斤氢 公斤氢气 KGH2 KG氢 KG氢气 KgH2 Kg氢 Kg氢气
g|1|1000|kilogram^1|yes|g 克
gce|1|1000|coal^1|yes|gce g标准煤 g标煤 g标准煤当量 克ce 克标准煤 克标煤 克标准煤当量
gC|1|1000|carbon^1|yes|gC g碳 克C 克碳
gCO2|1|1000|co2^1|yes|gCO2 g二氧化碳 gco2 克CO2 克二氧化碳 克co2
gCO2e|1|1000|co2e^1|yes|gCO2e g二氧化碳当量 gCO2当量 gCO2eq gCO2-eq gCO2-e gco2e 克CO2e 克二氧化碳当量 克CO2当量 克CO2eq 克CO2-eq 克CO2-e 克co2e
gH2|1|1000|hydrogen^1|yes|gH2 g氢 g氢气 克H2 克氢 克氢气
mg|1|1000000|kilogram^1|yes|mg 毫克
mgce|1|1000000|coal^1|yes|mgce mg标准煤 mg标煤 mg标准煤当量 毫克ce 毫克标准煤 毫克标煤 毫克标准煤当量
mgC|1|1000000|carbon^1|yes|mgC mg碳 毫克C 毫克碳
mgCO2|1|1000000|co2^1|yes|mgCO2 mg二氧化碳 mgco2 毫克CO2 毫克二氧化碳 毫克co2
mgCO2e|1|1000000|co2e^1|yes|mgCO2e mg二氧化碳当量 mgCO2当量 mgCO2eq mgCO2-eq mgCO2-e mgco2e 毫克CO2e 毫克二氧化碳当量 毫克CO2当量 毫克CO2eq 毫克CO2-eq 毫克CO2-e 毫克co2e
mgH2|1|1000000|hydrogen^1|yes|mgH2 mg氢 mg氢气 毫克H2 毫克氢 毫克氢气
μg|1|1000000000|kilogram^1|yes|μg ug 微克
μgce|1|1000000000|coal^1|yes|μgce μg标准煤 μg标煤 μg标准煤当量 ugce ug标准煤 ug标煤 ug标准煤当量 微克ce 微克标准煤 微克标煤 微克标准煤当量
μgC|1|1000000000|carbon^1|yes|μgC μg碳 ugC ug碳 微克C 微克碳
μgCO2|1|1000000000|co2^1|yes|μgCO2 μg二氧化碳 μgco2 ugCO2 ug二氧化碳 ugco2 微克CO2 微克二氧化碳 微克co2
μgCO2e|1|1000000000|co2e^1|yes|μgCO2e μg二氧化碳当量 μgCO2当量 μgCO2eq μgCO2-eq μgCO2-e μgco2e ugCO2e ug二氧化碳当量 ugCO2当量 ugCO2eq ugCO2-eq ugCO2-e ugco2e 微克CO2e 微克二氧化碳当量 微克CO2当量 微克CO2eq 微克CO2-eq 微克CO2-e 微克co2e
μgH2|1|1000000000|hydrogen^1|yes|μgH2 μg氢 μg氢气 ugH2 ug氢 ug氢气 微克H2 微克氢 微克氢气
Mt|1000000000|1|kilogram^1|yes|Mt 兆吨
Mtce|1000000000|1|coal^1|yes|Mtce Mt标准煤 Mt标煤 Mt标准煤当量 兆吨ce 兆吨标准煤 兆吨标煤 兆吨标准煤当量
MtC|1000000000|1|carbon^1|yes|MtC Mt碳 兆吨C 兆吨碳
MtCO2|1000000000|1|co2^1|yes|MtCO2 Mt二氧化碳 Mtco2 兆吨CO2 兆吨二氧化碳 兆吨co2
MtCO2e|1000000000|1|co2e^1|yes|MtCO2e Mt二氧化碳当量 MtCO2当量 MtCO2eq MtCO2-eq MtCO2-e Mtco2e 兆吨CO2e 兆吨二氧化碳当量 兆吨CO2当量 兆吨CO2eq 兆吨CO2-eq 兆吨CO2-e 兆吨co2e
MtH2|1000000000|1|hydrogen^1|yes|MtH2 Mt氢 Mt氢气 兆吨H2 兆吨氢 兆吨氢气
蒸吨|1000|1|kilogram^1|yes|蒸吨 蒸t
J|1|1|kilogram^1 metre^2 second^-2|yes|J 焦 焦耳
kJ|1000|1|kilogram^1 metre^2 second^-2|yes|kJ 千焦 KJ
MJ|1000000|1|kilogram^1 metre^2 second^-2|yes|MJ 兆焦
GJ|1000000000|1|kilogram^1 metre^2 second^-2|yes|GJ 吉焦 百万千焦
TJ|1000000000000|1|kilogram^1 metre^2 second^-2|yes|TJ 太焦
PJ|1000000000000000|1|kilogram^1 metre^2 second^-2|yes|PJ 拍焦
Wh|3600|1|kilogram^1 metre^2 second^-2|yes|Wh 瓦时
kWh|3600000|1|kilogram^1 metre^2 second^-2|yes|kWh 千瓦时 千瓦小时 度 KWh KWH kwh Kwh kWH
MWh|3600000000|1|kilogram^1 metre^2 second^-2|yes|MWh 兆瓦时 MWH Mwh
GWh|3600000000000|1|kilogram^1 metre^2 second^-2|yes|GWh 吉瓦时 GWH Gwh
TWh|3600000000000000|1|kilogram^1 metre^2 second^-2|yes|TWh 太瓦时 TWH
kcal|20934|5|kilogram^1 metre^2 second^-2|yes|kcal 千卡 大卡 Kcal KCal KCAL
Gcal|4186800000|1|kilogram^1 metre^2 second^-2|yes|Gcal 吉卡 GCal GCAL
W|1|1|kilogram^1 metre^2 second^-3|yes|W 瓦
kW|1000|1|kilogram^1 metre^2 second^-3|yes|kW 千瓦 KW Kw
MW|1000000|1|kilogram^1 metre^2 second^-3|yes|MW 兆瓦
GW|1000000000|1|kilogram^1 metre^2 second^-3|yes|GW 吉瓦
s|1|1|second^1|yes|s 秒
min|60|1|second^1|yes|min 分钟
h|3600|1|second^1|yes|h 小时 hr
d|86400|1|second^1|yes|d 日 天
a|1|1|year^1|yes|a 年 yr
m|1|1|metre^1|yes|m 米
km|1000|1|metre^1|yes|km 千米 公里 KM
cm|1|100|metre^1|yes|cm 厘米
mm|1|1000|metre^1|yes|mm 毫米
m2|1|1|metre^2|yes|m2 m^2 平方米 平米
km2|1000000|1|metre^2|yes|km2 km^2 平方千米 平方公里
hm2|10000|1|metre^2|yes|hm2 hm^2 公顷 ha
亩|2000|3|metre^2|yes|亩 市亩
m3|1|1|metre^3|yes|m3 m^3 立方米 立方 方
L|1|1000|metre^3|yes|L 升
Nm3|1|1|nm3^1|yes|Nm3 Nm^3 标准立方米 标立方米 标方 标m3 标m^3
Pa|1|1|kilogram^1 metre^-1 second^-2|yes|Pa 帕
kPa|1000|1|kilogram^1 metre^-1 second^-2|yes|kPa 千帕 KPa
MPa|1000000|1|kilogram^1 metre^-1 second^-2|yes|MPa 兆帕 Mpa
°C|1|1|celsius^1|no|°C 摄氏度 度C
元|1|1|yuan^1|yes|元 人民币元 CNY RMB
1|1|1||no|1
倍|1|1||no|倍
%|1|100||no|% 百分比
‰|1|1000||no|‰
台|1|1|piece^1|yes|台 套 座 个 条
台班|1|1|shift^1|yes|台班 shift
人|1|1|person^1|yes|人
"""

MULTIPLES = """
百|100
千|1000
万|10000
十万|100000
百万|1000000
千万|10000000
亿|100000000
十亿|1000000000
百亿|10000000000
千亿|100000000000
万亿|1000000000000
"""

DIMENSIONS = """
kilogram^1|质量|t 万t kg|120 万t
coal^1|标准煤量|tce 万tce kgce|100 万tce
carbon^1|碳量|tC kgC|1200 tC
co2^1|二氧化碳量|tCO2 万tCO2 kgCO2|192.39 万tCO2
co2e^1|二氧化碳当量|tCO2e 万tCO2e kgCO2e|1.3 万tCO2e
hydrogen^1|氢的质量|tH2 kgH2|50 kgH2
kilogram^1 metre^2 second^-2|能量|万kWh MWh GJ|45 亿kWh
kilogram^1 metre^2 second^-3|功率|MW kW 万kW|600 MW
second^1|时间（小时或日）|h d|4950 h
year^1|年数|a|30 a
metre^1|长度或距离|m km|40 km
metre^2|面积|m2 hm2 km2|35 hm2
metre^3|体积|m3 万m3|3.1 万m3
nm3^1|标准状态气体体积|Nm3 万Nm3|3.1 万Nm3
kilogram^1 metre^-1 second^-2|压力|MPa kPa|25.4 MPa
celsius^1|温度|°C|600 °C
yuan^1|金额|元 万元 亿元|76 亿元
|比例|1 %|0.55
piece^1|台数|台|2 台
shift^1|台班数|台班|120 台班
person^1|人数|人|230 人
kilogram^1 year^-1|年产（耗）量|t/a 万t/a|120 万t/a
kilogram^1 second^-1|小时或日产（耗）量|t/d t/h|4000 t/d
coal^1 year^-1|年标准煤消费量|tce/a 万tce/a|100 万tce/a
co2^1 year^-1|年二氧化碳排放量|tCO2/a 万tCO2/a|192.39 万tCO2/a
co2e^1 year^-1|年二氧化碳当量排放量|tCO2e/a 万tCO2e/a|1.3 万tCO2e/a
kilogram^1 metre^2 second^-2 year^-1|年能量|kWh/a 亿kWh/a GJ/a|45 亿kWh/a
second^1 year^-1|年运行时间|h/a|4950 h/a
metre^2 second^-2|单位质量的能量（热值、电耗）|GJ/t MJ/kg kWh/t|20 GJ/t
kilogram^1 metre^2 nm3^-1 second^-2|单位标准状态体积的热值|GJ/万Nm3 MJ/Nm3|389.31 GJ/万Nm3
carbon^1 kilogram^-1 metre^-2 second^2|单位热值含碳量|tC/GJ kgC/GJ|26.5 kgC/GJ
carbon^1 kilogram^-1|含碳量|tC/t kgC/t|0.55 tC/t
co2^1 kilogram^-1|单位质量的二氧化碳排放|tCO2/t kgCO2/t|0.44 tCO2/t
co2e^1 kilogram^-1|单位质量的二氧化碳当量排放|tCO2e/t kgCO2e/t|735 kgCO2e/t
co2^1 kilogram^-1 metre^-2 second^2|单位能量的二氧化碳排放|tCO2/MWh kgCO2/kWh tCO2/GJ|0.5306 kgCO2/kWh
co2e^1 kilogram^-1 metre^-2 second^2|单位能量的二氧化碳当量排放|tCO2e/MWh kgCO2e/kWh tCO2e/GJ|0.6205 kgCO2e/kWh
co2^1 nm3^-1|单位标准状态体积的二氧化碳排放|tCO2/万Nm3 kgCO2/Nm3|21.62 tCO2/万Nm3
coal^1 kilogram^-1 metre^-2 second^2|单位能量的标准煤耗|gce/kWh kgce/GJ|261.8 gce/kWh
coal^1 kilogram^-1|单位质量的标准煤耗|kgce/t tce/t|109 kgce/t
coal^-1 kilogram^1 metre^2 second^-2|标准煤的热值|GJ/tce|29.3076 GJ/tce
kilogram^1 metre^-3|浓度或密度|mg/m3 kg/m3|10 mg/m3
kilogram^1 nm3^-1|标准状态浓度|mg/Nm3|10 mg/Nm3
co2e^1 kilogram^-1 metre^-1|单位运量的二氧化碳当量排放|kgCO2e/(t·km)|0.129 kgCO2e/(t·km)
co2e^1 metre^-3|单位体积的二氧化碳当量排放|kgCO2e/m3|295 kgCO2e/m3
co2e^1 metre^-2|单位面积的二氧化碳当量排放|kgCO2e/m2|121 kgCO2e/m2
co2^1 yuan^-1|单位产值的二氧化碳排放|tCO2/万元|2.3 tCO2/万元
"""

HINTS = """
metre^3|nm3^1|气体按标准状态（0 °C、101.325 kPa）计，写 Nm3；工况体积先折算
nm3^1|metre^3|这里是实际体积，不是标准状态气体体积
kilogram^1|coal^1|实物吨不能直接当标准煤；按热值折算后写 tce
coal^1|kilogram^1|这里填实物量；标准煤量另有字段
coal^1|kilogram^1 metre^2 second^-2|标准煤与热量按有日期的系数（GB/T 2589）折算，不是单位换算
kilogram^1 metre^2 second^-2|coal^1|热量与标准煤按有日期的系数（GB/T 2589）折算，不是单位换算
co2e^1|co2^1|二氧化碳当量含其他温室气体，不能当作二氧化碳
co2^1|co2e^1|二氧化碳不等于二氧化碳当量；其他温室气体要另计
carbon^1|co2^1|碳量乘以 44/12 才是二氧化碳
kilogram^1 metre^2 second^-2|metre^2 second^-2|请写明每单位质量，如 5000 kcal/kg、20 GJ/t
kilogram^1 metre^2 second^-2|kilogram^1 metre^2 nm3^-1 second^-2|请写明每单位体积，如 8500 kcal/Nm3
kilogram^1 metre^2 second^-2|kilogram^1 metre^2 second^-3|kWh 是电量，MW 是装机容量
kilogram^1 metre^2 second^-3|kilogram^1 metre^2 second^-2|MW 是装机容量，电量要乘以小时数
kilogram^1 second^-1|kilogram^1 year^-1|小时（日）量乘以年运行小时（日）数才是年量，不按 8760 h 推算
kilogram^1 year^-1|kilogram^1 second^-1|年量除以年运行小时数才是小时量，不按 8760 h 推算
kilogram^1|kilogram^1 year^-1|请写明每年，如 万t/a
kilogram^1 year^-1|kilogram^1|这里不写“/年”
second^1|year^1|小时与年不按 8760 h 换算
year^1|second^1|小时与年不按 8760 h 换算
"""

REFUSED = """
kt|kt 可读作千吨，也是航速单位“节”|千吨 或 万t
Mcal|Mcal 的 M 有人当千、有人当百万用|kcal、Gcal 或 GJ
cal|口语里的卡有时指千卡（大卡）、相差 1000 倍|kcal（大卡；1 kcal = 4.1868 kJ）或 kJ
卡|口语里的卡有时指千卡（大卡）、相差 1000 倍|kcal（大卡；1 kcal = 4.1868 kJ）或 kJ
ton|ton 有公吨、短吨、长吨之分|t
tons|ton 有公吨、短吨、长吨之分|t
T|T 是磁感应强度的符号|t
mw|大小写不清，mW 是毫瓦、MW 是兆瓦|MW
mW|mW 是毫瓦|MW
Mw|大小写不清，mW 是毫瓦、MW 是兆瓦|MW
tec|不是国内用的写法|tce
月|各月天数不同|年（a）、日（d）或小时（h）
斤|市斤不是法定计量单位|kg
马力|马力有公制、英制之分|kW
美元|汇率随日期变化|元、万元
标煤|没有写明质量单位|tce 或 kgce
标准煤|没有写明质量单位|tce 或 kgce
"""

QUALIFIERS = """
毛
净
高位
低位
发电
供电
上网
干基
湿基
收到基
HHV
LHV
GCV
NCV
gross
net
"""

EQUIVALENTS = """
coal_equivalent_heat|29.3076|GJ/tce|GB/T 2589-2020《综合能耗计算通则》|2021-04-01||recalled
coal_equivalent_heat|29.307|GJ/tce|GB/T 2589-2008《综合能耗计算通则》|2008-06-01|2021-03-31|recalled
"""
