"""Fields of the order as people name them, in Chinese and in English."""

from collections.abc import Iterable

from engine.reasons import Words

CODES = {
    "whole_life": Words("终身", "whole life"),
    "years": Words("按年数", "a number of years"),
    "to_age": Words("到约定年龄", "to an age"),
}
"""Values of the order that are codes."""

PARTIES = {
    "policyholder": Words("投保人", "policyholder"),
    "insured": Words("被保险人", "insured"),
    "guardian": Words("监护人", "guardian"),
    "agent": Words("销售人员", "salesperson"),
}
PARTY_FIELDS = {
    "name": Words("姓名", "name"),
    "sex": Words("性别", "sex"),
    "id_number": Words("证件号码", "ID number"),
    "birth_date": Words("出生日期", "birth date"),
    "phone": Words("电话", "phone"),
    "address": Words("地址", "address"),
    "occupation": Words("职业", "occupation"),
    "annual_income": Words("年收入", "yearly income"),
    "household_income": Words("家庭年收入", "yearly household income"),
    "budget": Words("保费预算", "premium budget"),
    "risk_level": Words("风险等级", "risk level"),
    "assessments": Words("风险测评记录", "risk assessments"),
    "needs": Words("特殊需要", "special needs"),
    "age": Words("年龄", "age"),
    "staff_no": Words("工号", "staff number"),
    "licence_no": Words("执业证号", "licence number"),
    "org": Words("所属机构", "organisation"),
}
OTHER_FIELDS = {
    "policy_no": Words("保单号", "policy number"),
    "replaced_policy_no": Words("被替换的保单号", "number of the replaced policy"),
    "related_sessions": Words("同一保单的其他会话", "other sessions of the policy"),
    "channel": Words("销售渠道", "sales channel"),
    "region": Words("地区", "region"),
    "scenario": Words("场景", "scenario"),
    "trigger": Words("双录触发情形", "reason why the sale is recorded"),
    "recorded_at": Words("录制时间", "time of recording"),
    "issued_at": Words("承保时间", "time of issue"),
    "receipt_signed_at": Words("回执签收时间", "time when the receipt was signed"),
    "contract_ended_at": Words("合同终止时间", "time when the contract ended"),
    "days_since_issue": Words("承保至录制的天数", "days from issue to recording"),
    "days_since_receipt": Words("签收至录制的天数", "days from receipt to recording"),
    "longest_cooling_off": Words("最长的犹豫期天数", "longest cooling-off period in days"),
    "product_count": Words("险种数", "number of products"),
    "insurer.name": Words("保险公司全称", "insurer's full name"),
    "insurer.short_name": Words("保险公司简称", "insurer's short name"),
    "products": Words("产品", "products"),
    "product.full_name": Words("产品全称", "product's full name"),
    "product.design_type": Words("产品设计类型", "product's design type"),
    "product.line": Words("险种", "line of insurance"),
    "product.death_benefit": Words("是否含身故保险金", "whether there is a death benefit"),
    "product.cover": Words("保险期间", "cover period"),
    "product.cover.kind": Words("保险期间类型", "kind of cover period"),
    "product.cover.value": Words("保险期间", "cover period"),
    "product.cover_years": Words("保险期间年数", "cover period in years"),
    "product.cooling_off_days": Words("犹豫期天数", "cooling-off days"),
    "product.waiting_days": Words("等待期天数", "waiting days"),
    "product.premium": Words("保费", "premium"),
    "product.payment_mode": Words("缴费方式", "payment mode"),
    "product.payment_years": Words("缴费年限", "payment years"),
    "product.risk_rating": Words("产品风险等级", "product's risk rating"),
    "product.single_premium": Words("趸交保费", "single premium"),
    "product.yearly_premium": Words("年交保费", "yearly premium"),
    "product.total_premium": Words("保费总额", "total premium"),
    "product.single_to_income": Words("趸交保费与家庭年收入之比", "single premium as a share of household income"),
    "product.yearly_to_income": Words("年交保费与家庭年收入之比", "yearly premium as a share of household income"),
    "product.premium_to_budget": Words("保费与预算之比", "premium as a share of the budget"),
    "customer_asked": Words("客户是否要求来电", "whether the customer asked for the call"),
    "declaration_signed": Words("特别声明是否签署", "whether the declaration was signed"),
    "insured.same_as_policyholder": Words("被保险人与投保人是否同一人", "whether the insured is the policyholder"),
}


def named(path: str) -> Words:
    """The field at `path` as people name it; the path itself where it has no name.

    >>> named("policyholder.phone"), named("product.premium").english, named("x.y")
    ('投保人电话', 'premium', 'x.y')
    """
    party, _, field = path.partition(".")
    if party in PARTIES and field in PARTY_FIELDS and path not in OTHER_FIELDS:
        whose, what = PARTIES[party], PARTY_FIELDS[field]
        return Words(whose + what, f"{whose.english}'s {what.english}")
    return OTHER_FIELDS.get(path, Words(path, path))


def listed(paths: Iterable[str], zh: str = "、", en: str = ", ") -> Words:
    """Several fields in one string, joined the way each language does.

    >>> listed(["product.premium", "policyholder.age"]).english
    "premium, policyholder's age"
    """
    names = [named(path) for path in paths]
    return Words(zh.join(names), en.join(name.english for name in names))
