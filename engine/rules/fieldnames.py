"""Fields of the order as people name them."""

PARTIES = {"policyholder": "投保人", "insured": "被保险人", "guardian": "监护人", "agent": "销售人员"}
PARTY_FIELDS = {
    "name": "姓名",
    "sex": "性别",
    "id_number": "证件号码",
    "birth_date": "出生日期",
    "phone": "电话",
    "address": "地址",
    "occupation": "职业",
    "annual_income": "年收入",
    "household_income": "家庭年收入",
    "budget": "保费预算",
    "risk_level": "风险等级",
    "assessments": "风险测评记录",
    "age": "年龄",
    "staff_no": "工号",
    "licence_no": "执业证号",
    "org": "所属机构",
}
OTHER_FIELDS = {
    "policy_no": "保单号",
    "channel": "销售渠道",
    "region": "地区",
    "scenario": "场景",
    "recorded_at": "录制时间",
    "issued_at": "承保时间",
    "receipt_signed_at": "回执签收时间",
    "insurer.name": "保险公司全称",
    "insurer.short_name": "保险公司简称",
    "products": "产品",
    "product.full_name": "产品全称",
    "product.design_type": "产品设计类型",
    "product.line": "险种",
    "product.cover": "保险期间",
    "product.cooling_off_days": "犹豫期天数",
    "product.waiting_days": "等待期天数",
    "product.premium": "保费",
    "product.payment_mode": "缴费方式",
    "product.payment_years": "缴费年限",
    "product.risk_rating": "产品风险等级",
    "product.single_premium": "趸交保费",
    "product.yearly_premium": "年交保费",
    "customer_asked": "客户是否要求来电",
    "declaration_signed": "特别声明是否签署",
    "insured.same_as_policyholder": "被保险人与投保人是否同一人",
}


def named(path: str) -> str:
    """The field at `path` as people name it; the path itself where it has no name.

    >>> named("policyholder.phone"), named("product.premium"), named("x.y")
    ('投保人电话', '保费', 'x.y')
    """
    party, _, field = path.partition(".")
    if party in PARTIES and field in PARTY_FIELDS:
        return PARTIES[party] + PARTY_FIELDS[field]
    return OTHER_FIELDS.get(path, path)
